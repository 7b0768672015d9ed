using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Api.Tests;

/// <summary>A cluster that keeps no offsets.</summary>
internal sealed class NoOffsets : IGroupOffsets
{
    public Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyDictionary<TopicPartition, long>>(new Dictionary<TopicPartition, long>());

    public Task WriteAsync(string group, IReadOnlyCollection<CommittableOffset> offsets, CancellationToken cancellationToken)
        => Task.CompletedTask;
}
