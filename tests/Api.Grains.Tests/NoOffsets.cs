using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Api.Tests;

/// <summary>A cluster that keeps no offsets.</summary>
internal sealed class NoOffsets : IGroupOffsets, IConnectorOffsets
{
    public Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyDictionary<TopicPartition, long>>(new Dictionary<TopicPartition, long>());

    public Task<IReadOnlyDictionary<TopicPartition, long>> ReadAllAsync(string group, CancellationToken cancellationToken)
        => ReadAsync(group, [], cancellationToken);

    public Task<bool> RemoveAsync(string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        => Task.FromResult(true);

    public Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => ReadAsync("", [], cancellationToken);

    public Task<AlteredOffsets> AlterAsync(
        IReadOnlyDictionary<string, string> config,
        IReadOnlyDictionary<TopicPartition, long?> offsets,
        bool replacesAll,
        CancellationToken cancellationToken)
        => Task.FromResult(new AlteredOffsets(AtDestination: true, LeftInGroup: []));

    public Task WriteAsync(string group, IReadOnlyCollection<CommittableOffset> offsets, CancellationToken cancellationToken)
        => Task.CompletedTask;
}
