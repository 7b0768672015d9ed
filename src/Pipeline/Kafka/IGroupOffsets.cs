using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>The offsets that Kafka keeps for a connector's consumer group. Thread-safe; every call has a time limit.</summary>
public interface IGroupOffsets
{
    /// <summary>The group's committed offset of each of the partitions that has one.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time.</exception>
    Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken);

    /// <summary>Commits offsets to the group, which must have no active members.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time, or the group has active members.</exception>
    Task WriteAsync(string group, IReadOnlyCollection<CommittableOffset> offsets, CancellationToken cancellationToken);
}
