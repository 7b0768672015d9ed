using Exports.Pipeline;

namespace Exports.Grains;

/// <summary>What a connector subscribes to, held against what Kafka has.</summary>
/// <param name="Partitions">The partitions to read.</param>
/// <param name="MissingTopics">Topics subscribed to by name that do not exist, in order.</param>
/// <param name="GivenUp">Partitions of the plan that have been missing for too long: with their topic, their offsets are void.</param>
internal sealed record Subscription(
    HashSet<PartitionRef> Partitions, IReadOnlyList<string> MissingTopics, IReadOnlyList<PartitionRef> GivenUp)
{
    /// <summary>Resolves a subscription.</summary>
    /// <param name="config">What the connector subscribes to.</param>
    /// <param name="planned">The partitions that its tasks hold.</param>
    /// <param name="snapshot">What Kafka has; null while that is not known: then what is held and still subscribed to stays.</param>
    /// <param name="missing">Since when partitions have been missing.</param>
    public static Subscription Resolve(
        ConnectorConfig config,
        IEnumerable<PartitionRef> planned,
        TopicSnapshot? snapshot,
        MissingPartitions missing)
    {
        var held = planned.Where(partition => config.Subscribes(partition.Topic)).ToList();
        if (snapshot is null)
            return new([.. held], [], []);

        var topics = config.Topics.Count > 0
            ? config.Topics.Where(snapshot.Partitions.ContainsKey)
            : snapshot.Partitions.Keys.Where(config.Subscribes);
        var partitions = topics
            .SelectMany(topic => Enumerable.Range(0, snapshot.Partitions[topic]).Select(number => new PartitionRef(topic, number)))
            .ToHashSet();
        var absent = held.Where(partition => !partitions.Contains(partition)).ToList();
        partitions.UnionWith(missing.Keep(held, partitions));
        return new(
            partitions,
            [.. config.Topics.Where(topic => !snapshot.Partitions.ContainsKey(topic))],
            [.. absent.Where(partition => !partitions.Contains(partition))]);
    }
}
