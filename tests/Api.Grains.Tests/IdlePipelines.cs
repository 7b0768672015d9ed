using System.Collections.Concurrent;
using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Api.Tests;

/// <summary>Pipelines with nothing to read: every partition stands at offset 7.</summary>
internal sealed class IdlePipelines : ITaskPipelineFactory
{
    public Task<ITaskPipeline> StartAsync(TaskPipelineSpec spec, CancellationToken cancellationToken)
        => Task.FromResult<ITaskPipeline>(new IdlePipeline());

    private sealed class IdlePipeline : ITaskPipeline
    {
        private readonly ConcurrentDictionary<TopicPartition, long> _offsets = new();
        private readonly TaskCompletionSource _completion = new();

        public Task Completion => _completion.Task;

        public PipelineProgress Progress { get; } = new(0, 0, 0, 0, 0, 0, null, null);

        public TaskStatistics Statistics { get; } = new(TimeProvider.System);

        public IReadOnlyList<PartitionProgress> Partitions
            => [.. _offsets.Select(entry => new PartitionProgress(entry.Key, entry.Value, null, null))];

        public void ForgetTopics()
        {
        }

        public Task AssignAsync(IReadOnlyList<StartPosition> partitions, CancellationToken cancellationToken)
        {
            foreach (var partition in partitions)
                _offsets[partition.Partition] = partition.Offset ?? 7;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<CommittableOffset>> RevokeAsync(
            IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
        {
            var revoked = new List<CommittableOffset>();
            foreach (var partition in partitions)
            {
                if (_offsets.TryRemove(partition, out var offset))
                    revoked.Add(new(partition, offset));
            }
            return Task.FromResult<IReadOnlyList<CommittableOffset>>(revoked);
        }

        public Task<IReadOnlyList<CommittableOffset>> FlushAsync(CancellationToken cancellationToken)
            => Task.FromResult<IReadOnlyList<CommittableOffset>>(
                [.. _offsets.Select(entry => new CommittableOffset(entry.Key, entry.Value))]);

        public Task PauseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task ResumeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            _completion.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
