using Confluent.Kafka.Admin;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Finds the offsets of all partitions of a connector's topics at some point. Thread-safe.</summary>
public sealed class OffsetLookup(KafkaAdmin admin, ITopicCatalog topics, IGroupOffsets groups, ConfigResolver resolver)
{
    /// <summary>Looks the offsets up.</summary>
    /// <param name="config">The connector's configuration, placeholders unresolved.</param>
    /// <param name="at">The point.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// One offset for each partition; at a time after which nothing was written, the end. Of a group, those that it has committed.
    /// </returns>
    /// <exception cref="ConfigException">The configuration cannot be read, none of its topics exists, or its group has committed nothing.</exception>
    /// <exception cref="RetriableException">Kafka did not answer.</exception>
    /// <exception cref="ConnectException">Kafka refuses.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> FindAsync(
        IReadOnlyDictionary<string, string> config, OffsetPoint at, CancellationToken cancellationToken)
    {
        var resolved = resolver.Resolve(config);
        try
        {
            return await FindAsync(new ConnectorConfig(resolved), at, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectException e) when (resolved.Redact(e) is var safe && safe != e)
        {
            throw safe;
        }
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> FindAsync(
        ConnectorConfig config, OffsetPoint at, CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(config, cancellationToken).ConfigureAwait(false);
        if (at is OffsetPoint.Group)
        {
            var committed = await groups.ReadAsync(config.GroupId, partitions, cancellationToken).ConfigureAwait(false);
            return committed.Count > 0 ? committed : throw new ConfigException($"The group {config.GroupId} has committed no offsets of the connector's topics.");
        }

        var spec = at switch
        {
            OffsetPoint.Earliest => OffsetSpec.Earliest(),
            OffsetPoint.Time time => OffsetSpec.ForTimestamp(time.Value.ToUnixTimeMilliseconds()),
            _ => OffsetSpec.Latest(),
        };
        var found = await admin.ListOffsetsAsync(partitions, spec, cancellationToken).ConfigureAwait(false);
        if (found.Values.Any(offset => offset < 0))
        {
            var ends = await admin.ListOffsetsAsync(partitions, OffsetSpec.Latest(), cancellationToken).ConfigureAwait(false);
            foreach (var partition in found.Where(entry => entry.Value < 0).Select(entry => entry.Key).ToList())
                found[partition] = ends.GetValueOrDefault(partition);
        }

        return partitions.FirstOrDefault(partition => !found.ContainsKey(partition)) is { Topic: not null } missing
            ? throw new RetriableException($"Kafka did not tell the offsets of {missing}.") { Cause = ErrorCause.Kafka }
            : found;
    }

    /// <summary>The partitions that there are of a connector's topics.</summary>
    internal async Task<List<TopicPartition>> PartitionsAsync(ConnectorConfig config, CancellationToken cancellationToken)
    {
        var known = topics.Current;
        if (known is null || !known.Partitions.Keys.Any(config.Subscribes))
            known = await topics.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var partitions = known.Partitions.Where(topic => config.Subscribes(topic.Key))
            .SelectMany(topic => Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition)))
            .Order()
            .ToList();
        return partitions.Count > 0 ? partitions : throw new ConfigException("Kafka has none of the connector's topics.");
    }
}
