using Exports.Pipeline;

namespace Exports.Grains;

/// <summary>
/// A started pipeline and the partitions that it has. Every call has a time limit. What has been reached is told per
/// partition with the ownership that it was reached in.
/// </summary>
internal sealed class RunningPipeline
{
    private readonly ITaskPipeline _pipeline;
    private readonly PipelineLimits _limits;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Dictionary<PartitionRef, long> _held = [];
    private (long Delivered, long Skipped) _flushed;

    private RunningPipeline(ITaskPipeline pipeline, IReadOnlyDictionary<string, string> config, PipelineLimits limits, TimeProvider time)
    {
        _pipeline = pipeline;
        _limits = limits;
        _time = time;
        Config = config;
        (StartedAt, _started) = (time.GetUtcNow(), time.GetTimestamp());
    }

    /// <summary>The configuration that it was started with.</summary>
    public IReadOnlyDictionary<string, string> Config { get; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>How long it has run, whatever the machine's clock did meanwhile.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_started);

    /// <summary>Completes when it has stopped by itself.</summary>
    public Task Completion => _pipeline.Completion;

    /// <summary>The pipeline, to look at.</summary>
    public ITaskPipeline Observed => _pipeline;

    /// <summary>Counts and times.</summary>
    public PipelineProgress Progress => _pipeline.Progress;

    /// <summary>Begins the list of topics in <see cref="Progress"/> anew.</summary>
    public void ForgetTopics() => _pipeline.ForgetTopics();

    /// <summary>The partitions that it reads, and the ownership of each.</summary>
    public IReadOnlyDictionary<PartitionRef, long> Held => _held;

    /// <summary>Whether there is something to persist that should not wait for the next regular flush.</summary>
    public bool NeedsFlush { get; private set; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Starts a pipeline. Cancelling leaves a start behind that does not heed it; what comes of it is disposed of.</summary>
    public static async Task<RunningPipeline> StartAsync(
        ITaskPipelineFactory factory, TaskPipelineSpec spec, PipelineLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var starting = Task.Run(() => factory.StartAsync(spec, cancellationToken), CancellationToken.None);
        try
        {
            return new(await starting.WaitAsync(cancellationToken), spec.Config, limits, time);
        }
        catch (OperationCanceledException)
        {
            _ = Task.Run(() => DisposeOnceStartedAsync(starting), CancellationToken.None);
            throw;
        }
    }

    /// <summary>Begins to read partitions.</summary>
    public async Task AssignAsync(IReadOnlyCollection<OwnedPartition> partitions, CancellationToken cancellationToken)
    {
        var positions = partitions
            .Select(partition => new StartPosition(partition.Ref().ToTopicPartition(), partition.Offset))
            .ToList();
        await OffGrain.RunAsync(token => _pipeline.AssignAsync(positions, token), _limits.Assign, _time, cancellationToken);
        foreach (var partition in partitions)
            _held[partition.Ref()] = partition.Since;
        // A position that was looked up is persisted soon: "latest" must not be looked up again after a restart.
        NeedsFlush |= partitions.Any(partition => partition.Offset is null or HandoverOffset.Reset);
    }

    /// <summary>Stops reading partitions.</summary>
    /// <returns>How far they came.</returns>
    public async Task<Dictionary<PartitionRef, ReachedOffset>> RevokeAsync(IReadOnlyCollection<PartitionRef> partitions)
    {
        if (partitions.Count == 0)
            return [];
        var revoked = partitions.Select(partition => partition.ToTopicPartition()).ToList();
        var offsets = await OffGrain.RunAsync(token => _pipeline.RevokeAsync(revoked, token), _limits.Revoke, _time);
        var reached = WithOwnership(offsets);
        foreach (var partition in partitions)
            _held.Remove(partition);
        return reached;
    }

    /// <summary>Flushes when anything was delivered since the last flush.</summary>
    /// <returns>How far the partitions have come; empty when nothing was delivered.</returns>
    public async Task<Dictionary<PartitionRef, ReachedOffset>> FlushAsync()
    {
        var progress = _pipeline.Progress;
        var done = (progress.RecordsDelivered, progress.RecordsSkipped);
        if (done == _flushed && !NeedsFlush)
            return [];
        var reached = WithOwnership(await OffGrain.RunAsync(_pipeline.FlushAsync, _limits.Flush, _time));
        _flushed = done;
        NeedsFlush = false;
        return reached;
    }

    /// <summary>Stops delivering, and keeps the partitions.</summary>
    public async Task PauseAsync()
    {
        await OffGrain.RunAsync(_pipeline.PauseAsync, _limits.Revoke, _time);
        IsPaused = true;
        NeedsFlush = true;
    }

    /// <summary>Goes on after a pause.</summary>
    public async Task ResumeAsync()
    {
        await OffGrain.RunAsync(_pipeline.ResumeAsync, _limits.Assign, _time);
        IsPaused = false;
    }

    /// <summary>Ends it. One that does not end in time is left behind; it has been told to stop.</summary>
    public Task DisposeAsync() => OffGrain.RunAsync(_ => _pipeline.DisposeAsync().AsTask(), _limits.Dispose, _time);

    private static async Task DisposeOnceStartedAsync(Task<ITaskPipeline> starting)
    {
        try
        {
            await (await starting).DisposeAsync();
        }
        catch (Exception)
        {
            // Nobody waits for it any more.
        }
    }

    private Dictionary<PartitionRef, ReachedOffset> WithOwnership(IReadOnlyList<CommittableOffset> offsets)
    {
        var reached = new Dictionary<PartitionRef, ReachedOffset>(offsets.Count);
        foreach (var (partition, offset, wasReset) in offsets)
        {
            if (_held.TryGetValue(partition.Ref(), out var since))
                reached[partition.Ref()] = new(offset, since, wasReset);
        }

        return reached;
    }
}
