using System.Globalization;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>A partition that records come from and that the target lacks.</summary>
/// <param name="Topic">The target's topic.</param>
/// <param name="SourceTopic">The records' topic.</param>
/// <param name="Partition">The partition's number.</param>
internal sealed record MissingPartition(string Topic, string SourceTopic, int Partition)
{
    /// <summary>The error that names both numbers of partitions.</summary>
    /// <param name="count">How many the target's topic has; null where it did not say.</param>
    public ConnectException ToException(int? count) => new(
        $"The target's topic '{Topic}' has {count?.ToString(CultureInfo.InvariantCulture) ?? "too few"} partitions, and records "
        + $"come from partition {Partition} of '{SourceTopic}', which has at least {Partition + 1}. Add partitions to the "
        + $"target's topic, or set {KafkaSinkConfig.Partitioner}=key.");
}
