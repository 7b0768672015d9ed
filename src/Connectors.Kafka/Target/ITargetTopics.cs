using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>The target's topics. Every call has a time limit.</summary>
internal interface ITargetTopics
{
    /// <summary>How many partitions a topic has; null when it does not exist.</summary>
    /// <exception cref="RetriableException">The target did not answer.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    Task<int?> CountPartitionsAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Creates a topic, unless it exists.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">How many partitions; −1 for the broker's default.</param>
    /// <param name="replicationFactor">How many replicas; −1 for the broker's default.</param>
    /// <param name="configs">The topic's configuration, as far as it is not the broker's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RetriableException">The target did not answer.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    Task CreateAsync(
        string topic, int partitions, short replicationFactor, IReadOnlyDictionary<string, string> configs,
        CancellationToken cancellationToken);

    /// <summary>Gives a topic more partitions, unless it has as many.</summary>
    /// <exception cref="RetriableException">The target did not answer.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    Task GrowAsync(string topic, int partitions, CancellationToken cancellationToken);
}
