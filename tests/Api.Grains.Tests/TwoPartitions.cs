using Exports.Pipeline;

namespace Exports.Api.Tests;

/// <summary>A cluster with one topic, t, of two partitions.</summary>
internal sealed class TwoPartitions : ITopicCatalog
{
    public TopicSnapshot? Current { get; } = new("test-cluster", new Dictionary<string, int> { ["t"] = 2 });

    public string? LastError => null;

    public Task<TopicSnapshot> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult(Current!);
}
