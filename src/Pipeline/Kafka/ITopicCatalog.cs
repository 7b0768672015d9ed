namespace Exports.Pipeline;

/// <summary>
/// The topics of the Kafka cluster and how many partitions each has, read for the whole worker at once and refreshed every
/// <c>metadata.max.age.ms</c>. Thread-safe.
/// </summary>
public interface ITopicCatalog
{
    /// <summary>What was last read; null until the first read succeeds. A new object only when something has changed.</summary>
    TopicSnapshot? Current { get; }

    /// <summary>Why the last read failed, without secrets; null when it succeeded or none was made.</summary>
    string? LastError { get; }

    /// <summary>Completes with a snapshot that was read after this call began. Calls made together share one read.</summary>
    /// <exception cref="Connectors.Sdk.RetriableException">Kafka did not answer in time.</exception>
    Task<TopicSnapshot> RefreshAsync(CancellationToken cancellationToken);
}

/// <summary>Topics and their partition counts at one time.</summary>
/// <param name="ClusterId">The Kafka cluster's id, or null where the brokers do not tell.</param>
/// <param name="Partitions">The number of partitions by topic name. Kafka's internal topics are not among them.</param>
public sealed record TopicSnapshot(string? ClusterId, IReadOnlyDictionary<string, int> Partitions);
