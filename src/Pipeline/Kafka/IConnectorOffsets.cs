using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// The offsets of a connector as Kafka and the destination keep them, for a connector that has no tasks. Thread-safe; every call
/// to Kafka has a time limit, and messages hold no secrets.
/// </summary>
public interface IConnectorOffsets
{
    /// <summary>What the connector's Kafka group has committed: where the connector would begin if it knew nothing itself.</summary>
    /// <param name="config">The connector's configuration, placeholders unresolved.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConnectException">The configuration cannot be read, or Kafka does not answer.</exception>
    Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken);

    /// <summary>Changes offsets: at the destination first, where the connector's plugin keeps some there, then in the Kafka group.</summary>
    /// <param name="config">The connector's configuration, placeholders unresolved.</param>
    /// <param name="offsets">The offset of the next record to deliver, by partition; null for none.</param>
    /// <param name="replacesAll">Whether the group's other offsets are removed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConfigException">The configuration cannot be read, or Kafka does not have one of the partitions.</exception>
    /// <exception cref="GroupActiveException">The group has active members.</exception>
    /// <exception cref="ConnectException">Kafka or the destination does not answer, or refuses. Repeating the call does no harm.</exception>
    Task<AlteredOffsets> AlterAsync(
        IReadOnlyDictionary<string, string> config,
        IReadOnlyDictionary<TopicPartition, long?> offsets,
        bool replacesAll,
        CancellationToken cancellationToken);
}

/// <summary>What has been changed.</summary>
/// <param name="AtDestination">Whether the destination agrees with the offsets as well; false when the plugin does not say.</param>
/// <param name="LeftInGroup">
/// Partitions whose offset was to be removed, and which the group still has because its brokers cannot remove offsets (before
/// Kafka 2.4). Whoever reads them next must not begin there.
/// </param>
public sealed record AlteredOffsets(bool AtDestination, IReadOnlyCollection<TopicPartition> LeftInGroup);
