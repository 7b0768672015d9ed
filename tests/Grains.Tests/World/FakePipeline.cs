using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Grains.Tests;

/// <summary>A pipeline whose destination is the <see cref="World"/>, which it tells of everything.</summary>
internal sealed class FakePipeline(World world, FakeWorker worker, TaskPipelineSpec spec) : ITaskPipeline
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<TopicPartition, Held> _held = [];
    private readonly HashSet<string> _topics = [];
    private long _delivered;
    private bool _isPaused;
    private bool _isDead;

    public TaskPipelineSpec Spec => spec;

    public FakeWorker Worker => worker;

    public Task Completion => _completion.Task;

    public bool IsPaused => _isPaused;

    public IReadOnlyList<TopicPartition> Partitions => world.Locked(() => _held.Keys.Order().ToList());

    public PipelineProgress Progress => world.Locked(() => new PipelineProgress(
        _delivered, 0, _delivered, 0, 0, _held.Sum(held => world.Get(spec.Connector, held.Key).End - held.Value.Acknowledged), null, null)
    {
        Topics = [.. _topics],
    });

    public TaskStatistics Statistics { get; } = new(TimeProvider.System);

    IReadOnlyList<PartitionProgress> ITaskPipeline.Partitions => world.Locked(() => _held
        .Select(held => new PartitionProgress(held.Key, held.Value.Acknowledged, world.Get(spec.Connector, held.Key).End, null))
        .ToList());

    public void ForgetTopics() => world.Locked(() =>
    {
        _topics.Clear();
        return true;
    });

    public async Task AssignAsync(IReadOnlyList<StartPosition> partitions, CancellationToken cancellationToken)
    {
        world.OnEvent(worker, $"{spec} assign");
        if (world.IsKafkaDown)
            throw new RetriableException("Kafka did not answer in time.");
        world.Locked(() =>
        {
            ObjectDisposedException.ThrowIf(worker.IsDead, worker);
            foreach (var start in partitions)
            {
                var partition = world.Get(spec.Connector, start.Partition);
                var group = spec.Config.GetValueOrDefault("consumer.override.group.id", $"connect-{spec.Connector}");
                var offset = start.Offset == StartPosition.Reset
                    ? 0
                    : start.Offset ?? world.GroupOffset(group, start.Partition.Topic, start.Partition.Partition) ?? 0;
                world.Moves.Enqueue($"+{spec} {start.Partition}@{offset}");
                if (_isDead)
                    world.Violate($"{spec}: {start.Partition} was assigned to a dead pipeline");
                if (partition.Owner is { } owner)
                    world.Violate($"{spec}: {start.Partition} is still read by {owner.Spec}");
                if (offset > partition.Delivered)
                    world.Violate($"{spec}: {start.Partition} starts at {offset}, but only {partition.Delivered} were delivered: records are lost");
                if (offset < partition.Persisted && !world.AllowsRewinds)
                    world.Violate($"{spec}: {start.Partition} starts at {offset}, but {partition.Persisted} was persisted");
                partition.Owner = this;
                _held[start.Partition] = new() { Position = offset, Acknowledged = offset };
            }

            return true;
        });
        if (world.DeliversByItself)
            Deliver(int.MaxValue);
        if (world.AssignTime > TimeSpan.Zero)
            await Task.Delay(world.AssignTime, cancellationToken);
    }

    public async Task<IReadOnlyList<CommittableOffset>> RevokeAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        world.OnEvent(worker, $"{spec} revoke");
        if (world.DoesDestinationHang)
            await Task.Delay(world.Grace, cancellationToken);
        return world.Locked(() =>
        {
            var offsets = new List<CommittableOffset>();
            foreach (var partition in partitions)
            {
                if (!_held.Remove(partition, out var held))
                {
                    if (!_isDead)
                        world.Violate($"{spec}: {partition} was revoked, but is not held");
                    continue;
                }

                world.Get(spec.Connector, partition).Owner = null;
                if (!world.DoesDestinationHang)
                    held.Acknowledged = held.Position;
                offsets.Add(new(partition, held.Acknowledged, held.WasReset));
                world.Moves.Enqueue($"-{spec} {partition}@{held.Acknowledged}");
            }

            return offsets;
        });
    }

    public Task<IReadOnlyList<CommittableOffset>> FlushAsync(CancellationToken cancellationToken)
    {
        if (world.DoFlushesFail)
            throw new ConnectException("The sink cannot flush.");
        return Task.FromResult<IReadOnlyList<CommittableOffset>>(
            world.Locked(() => _held.Select(held => new CommittableOffset(held.Key, held.Value.Acknowledged, held.Value.WasReset)).ToList()));
    }

    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        if (world.DoesDestinationHang)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        _isPaused = true;
        Acknowledge();
    }

    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        _isPaused = false;
        if (world.DeliversByItself)
            Deliver(int.MaxValue);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        world.OnEvent(worker, $"{spec} dispose");
        Vanish();
        _completion.TrySetResult();
        return ValueTask.CompletedTask;
    }

    /// <summary>Delivers so many records of each partition; they are acknowledged when the pipeline delivers by itself.</summary>
    public void Deliver(int count) => world.Locked(() =>
    {
        if (_isPaused || _isDead || world.DoesDestinationHang || _completion.Task.IsCompleted)
            return false;
        foreach (var (name, held) in _held)
        {
            var partition = world.Get(spec.Connector, name);
            if (partition.Owner != this)
                world.Violate($"{spec}: {name} is delivered without being owned");
            var to = Math.Min(partition.End, count == int.MaxValue ? partition.End : held.Position + count);
            partition.Deliveries += Math.Max(0, to - held.Position);
            _delivered += Math.Max(0, to - held.Position);
            if (to > held.Position)
                _topics.Add(name.Topic);
            held.Position = Math.Max(held.Position, to);
            partition.Delivered = Math.Max(partition.Delivered, held.Position);
        }

        if (world.DeliversByItself)
            Acknowledge();
        return true;
    });

    /// <summary>The destination acknowledges what was delivered.</summary>
    public void Acknowledge() => world.Locked(() =>
    {
        foreach (var held in _held.Values)
            held.Acknowledged = held.Position;
        _delivered++;
        return true;
    });

    /// <summary>There is no record where it stands: it goes on from another offset.</summary>
    public void Reset(TopicPartition partition, long offset) => world.Locked(() =>
    {
        var held = _held[partition];
        (held.Position, held.Acknowledged, held.WasReset) = (offset, offset, true);
        _delivered++;
        return true;
    });

    /// <summary>The pipeline stops by itself.</summary>
    public void Fail(Exception exception) => _completion.TrySetException(exception);

    /// <summary>Nothing is left of it.</summary>
    public void Vanish() => world.Locked(() =>
    {
        _isDead = true;
        foreach (var partition in _held.Keys)
        {
            world.Get(spec.Connector, partition).Owner = null;
            world.Moves.Enqueue($"!{spec} {partition}");
        }

        _held.Clear();
        world.Remove(this);
        return true;
    });

    private sealed class Held
    {
        public long Position { get; set; }

        public long Acknowledged { get; set; }

        public bool WasReset { get; set; }
    }
}
