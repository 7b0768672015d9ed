namespace Exports.Connectors.Kafka;

/// <summary>How topics are created that the target lacks.</summary>
/// <param name="Partitions">How many partitions at the least; −1 for the broker's default, or as many as are needed.</param>
/// <param name="ReplicationFactor">How many replicas; −1 for the broker's default.</param>
/// <param name="Configs">The topic's configuration, as far as it is not the broker's.</param>
internal sealed record TopicCreationSettings(int Partitions, short ReplicationFactor, IReadOnlyDictionary<string, string> Configs);
