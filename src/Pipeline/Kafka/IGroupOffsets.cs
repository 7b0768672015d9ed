using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>The offsets that Kafka keeps for a connector's consumer group. Thread-safe; every call has a time limit.</summary>
public interface IGroupOffsets
{
    /// <summary>The group's committed offset of each of the partitions that has one.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time.</exception>
    Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken);

    /// <summary>
    /// All offsets that the group has committed; none for a group that does not exist, and none where the broker tells only those of
    /// partitions that it is asked for, as the embedded Kafka does.
    /// </summary>
    /// <exception cref="RetriableException">Kafka did not answer in time.</exception>
    Task<IReadOnlyDictionary<TopicPartition, long>> ReadAllAsync(string group, CancellationToken cancellationToken);

    /// <summary>Removes committed offsets from the group, which must have no active members and have been read before.</summary>
    /// <returns>False when the brokers cannot do that (before Kafka 2.4): the group is as it was.</returns>
    /// <exception cref="RetriableException">Kafka did not answer in time, or the group has active members.</exception>
    Task<bool> RemoveAsync(string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken);

    /// <summary>Commits offsets to the group, which must have no active members.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time, or the group has active members.</exception>
    Task WriteAsync(string group, IReadOnlyCollection<CommittableOffset> offsets, CancellationToken cancellationToken);
}
