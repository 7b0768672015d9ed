using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <inheritdoc cref="IConnectorOffsets"/>
public sealed class ConnectorOffsets(
    PluginCatalog plugins, ConfigResolver resolver, IGroupOffsets groups, ITopicCatalog topics) : IConnectorOffsets
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
    {
        var resolved = resolver.Resolve(config);
        return await SafelyAsync(
            resolved, () => ReadGroupAsync(new ConnectorConfig(resolved), [], cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<AlteredOffsets> AlterAsync(
        IReadOnlyDictionary<string, string> config,
        IReadOnlyDictionary<TopicPartition, long?> offsets,
        bool replacesAll,
        CancellationToken cancellationToken)
    {
        var resolved = resolver.Resolve(config);
        return await SafelyAsync(resolved, () => AlterAsync(resolved, offsets, replacesAll, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<AlteredOffsets> AlterAsync(
        ResolvedConfig resolved,
        IReadOnlyDictionary<TopicPartition, long?> offsets,
        bool replacesAll,
        CancellationToken cancellationToken)
    {
        var config = new ConnectorConfig(resolved);
        await CheckPartitionsAsync(offsets, cancellationToken).ConfigureAwait(false);
        // Asked first, so that a Kafka that is gone, or a group that is not ours to see, leaves the destination untouched.
        var committed = await ReadGroupAsync(config, offsets.Keys, cancellationToken).ConfigureAwait(false);
        var wanted = new Dictionary<TopicPartition, long?>(offsets);
        if (replacesAll)
        {
            foreach (var partition in committed.Keys)
                wanted.TryAdd(partition, null);
        }

        var atDestination = await plugins.FindConnector(config.ConnectorClass)
            .AlterOffsetsAsync(resolved, wanted, cancellationToken).ConfigureAwait(false);
        await groups.WriteAsync(
            config.GroupId,
            [.. wanted.Where(entry => entry.Value is not null).Select(entry => new CommittableOffset(entry.Key, entry.Value!.Value))],
            cancellationToken).ConfigureAwait(false);
        var removed = wanted.Where(entry => entry.Value is null && committed.ContainsKey(entry.Key)).Select(entry => entry.Key).ToList();
        var isRemoved = await groups.RemoveAsync(config.GroupId, removed, cancellationToken).ConfigureAwait(false);
        return new(atDestination, isRemoved ? [] : removed);
    }

    /// <summary>Kafka would refuse the whole change because of one partition that it does not have, and not say which.</summary>
    private async Task CheckPartitionsAsync(IReadOnlyDictionary<TopicPartition, long?> offsets, CancellationToken cancellationToken)
    {
        var wanted = offsets.Where(entry => entry.Value is not null).Select(entry => entry.Key).ToList();
        if (topics.Current is { } current && wanted.All(partition => Has(current, partition)))
            return;
        var known = wanted.Count > 0 ? await topics.RefreshAsync(cancellationToken).ConfigureAwait(false) : null;
        if (wanted.Where(partition => !Has(known!, partition)).Order().ToList() is not [var missing, ..])
            return;
        var count = known!.Partitions.GetValueOrDefault(missing.Topic);
        throw new ConfigException(
            $"There is no partition {missing.Partition} of the topic {missing.Topic}: "
            + (count == 0 ? "Kafka has no such topic." : $"it has {count} partitions, from 0."));

        static bool Has(TopicSnapshot known, TopicPartition partition)
            => partition.Partition < known.Partitions.GetValueOrDefault(partition.Topic);
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> ReadGroupAsync(
        ConnectorConfig config, IEnumerable<TopicPartition> others, CancellationToken cancellationToken)
    {
        var all = await groups.ReadAllAsync(config.GroupId, cancellationToken).ConfigureAwait(false);
        if (all.Count > 0)
            return all;
        var known = topics.Current ?? await topics.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var subscribed = known.Partitions.Where(topic => config.Subscribes(topic.Key))
            .SelectMany(topic => Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition)));
        return await groups.ReadAsync(config.GroupId, [.. subscribed.Union(others)], cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> SafelyAsync<T>(ResolvedConfig resolved, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (GroupActiveException or OperationCanceledException))
        {
            var message = resolved.Redact(e.Message);
            throw e is ConfigException ? new ConfigException(message) : new ConnectException(message);
        }
    }
}
