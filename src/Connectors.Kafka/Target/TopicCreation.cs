using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>
/// Sees to it that topics exist on the target, with as many partitions as records come from where they keep their partition.
/// Several tasks may do so at once.
/// </summary>
internal sealed class TopicCreation(KafkaSinkConfig config, ITargetTopics topics)
{
    // Each round is lost to another task at most; there are not that many at once.
    private const int Rounds = 20;

    /// <summary>Creates or grows the topics that records of these partitions go to.</summary>
    /// <exception cref="RetriableException">The target did not answer.</exception>
    /// <exception cref="ConnectException">The target refuses.</exception>
    public async Task EnsureAsync(IEnumerable<TopicPartition> sources, CancellationToken cancellationToken)
    {
        foreach (var group in sources.GroupBy(source => config.TopicFor(source.Topic), StringComparer.Ordinal))
        {
            var needed = config.KeepsPartition ? group.Max(source => source.Partition) + 1 : 1;
            await EnsureAsync(group.Key, needed, cancellationToken);
        }
    }

    private async Task EnsureAsync(string topic, int needed, CancellationToken cancellationToken)
    {
        var creation = config.Creation!;
        for (var round = 0; round < Rounds; round++)
        {
            var count = await topics.CountPartitionsAsync(topic, cancellationToken);
            if (count >= needed)
                return;
            if (count is null)
            {
                // The broker's own number may be too small for records that keep their partition.
                var partitions = creation.Partitions < 0 && !config.KeepsPartition ? -1 : Math.Max(creation.Partitions, needed);
                await topics.CreateAsync(topic, partitions, creation.ReplicationFactor, creation.Configs, cancellationToken);
            }
            else
            {
                await topics.GrowAsync(topic, needed, cancellationToken);
            }
        }

        throw new RetriableException($"The target's topic '{topic}' was created, and the target does not show it yet.");
    }
}
