using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>What transactions need to know.</summary>
/// <param name="Group">What the names of transactional ids and of groups begin with.</param>
internal sealed record ExactlyOnceSettings(string Group)
{
    /// <summary>
    /// The transactional id of a source partition's producer, and the group that holds its position. Topics' names have no
    /// colon, so no two connectors with different groups can meet in one.
    /// </summary>
    public string IdOf(TopicPartition source) => $"{Group}:{source.Topic}:{source.Partition}";
}
