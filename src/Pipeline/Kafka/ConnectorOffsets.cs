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
            throw new ConnectException(resolved.Redact(e.Message));
        }
    }
}
