using Exports.Connectors.Sdk;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Exports.Grains;

/// <summary>
/// Brings a task's pipeline to what the stored assignment asks for, and persists how far it has come. Its methods are called
/// one at a time, on the grain's scheduler. Offsets reach storage through the state cell alone, so that an activation which
/// is fenced commits nothing.
/// </summary>
internal sealed partial class PipelineDriver(
    TaskId id,
    StateCell<TaskGrainState> state,
    ITaskPipelineFactory factory,
    TaskWatch watch,
    GrainOptions options,
    CancellationToken stopping,
    TimeProvider time,
    Action ended,
    ILogger logger)
{
    private readonly PipelineLimits _limits = PipelineLimits.From(options);
    private readonly Dictionary<PartitionRef, ReachedOffset> _reached = [];

    // Those of the pipeline that ended last, until they are persisted.
    private IReadOnlyCollection<string> _topics = [];

    /// <summary>The pipeline, or null while there is none.</summary>
    public RunningPipeline? Pipeline { get; private set; }

    /// <summary>Whether offsets have been reached that are not persisted.</summary>
    public bool HasUnsaved => _reached.Count > 0;

    /// <summary>The topics that the pipeline has read records of.</summary>
    public IReadOnlyCollection<string> Topics
        => Pipeline?.Progress.Topics is not { } read ? _topics : _topics.Count == 0 ? read : [.. _topics.Union(read)];

    /// <summary>Whether the pipeline reads all partitions of the assignment.</summary>
    public bool ReadsAll => state.Value.Active().All(partition => Pipeline?.Held.ContainsKey(partition.Ref()) ?? false);

    /// <summary>
    /// Starts, changes, pauses, resumes or stops the pipeline. A task without partitions has none, and neither has one that is
    /// paused from its start. Once the worker is being stopped, none is started.
    /// </summary>
    /// <exception cref="NotYetException">Kafka or the storage does not answer.</exception>
    /// <exception cref="OperationCanceledException">Somebody wants a turn; nothing is half done.</exception>
    public async Task AlignAsync(CancellationToken interrupt)
    {
        if (Pipeline is not null && (!state.Value.Active().Any() || !ReferenceEquals(Pipeline.Config, state.Value.Config)))
            await StopAsync();
        if (!state.Value.Active().Any() || (Pipeline is null && state.Value.Target == TargetState.Paused))
            return;
        // Orleans may miss an activation that is made while its silo stops: nobody would end its pipeline.
        if (Pipeline is null && stopping.IsCancellationRequested)
            return;

        var pipeline = Pipeline ??= await StartAsync(interrupt);
        var owned = state.Value.Active().ToDictionary(partition => partition.Ref(), partition => (long?)partition.Since);
        await RevokeAsync(
            pipeline, [.. pipeline.Held.Where(held => owned.GetValueOrDefault(held.Key) != held.Value).Select(held => held.Key)]);
        if (state.Value.Target == TargetState.Paused)
        {
            if (!pipeline.IsPaused)
                await PauseAsync(pipeline);
            return;
        }

        if (pipeline.IsPaused)
            await pipeline.ResumeAsync();
        await AssignAsync(pipeline, interrupt);
    }

    /// <summary>Gives up partitions. Where that does not succeed in time, what was acknowledged before counts.</summary>
    public async Task RevokeAsync(IReadOnlySet<PartitionRef> partitions)
    {
        if (Pipeline is not { } pipeline)
            return;
        var held = pipeline.Held.Keys.Where(partitions.Contains).ToList();
        if (held.Count == pipeline.Held.Count)
        {
            await StopAsync();
            return;
        }

        try
        {
            await RevokeAsync(pipeline, held);
        }
        catch (Exception exception)
        {
            Log.NotRevoked(logger, id.Connector, id.Number, exception);
            await DiscardAsync();
        }
    }

    /// <summary>Flushes the pipeline when it has delivered something. What it has reached is kept for the next save.</summary>
    public async Task FlushAsync()
    {
        if (Pipeline is { } pipeline)
            Note(await pipeline.FlushAsync());
    }

    /// <summary>Persists what has been reached, together with another change.</summary>
    public async Task SaveAsync(Func<TaskGrainState, TaskGrainState> change)
    {
        await state.UpdateAsync(current => change(current.Advance(_reached).Note(Topics)));
        _reached.Clear();
        _topics = [];
    }

    /// <summary>Begins the list of topics anew.</summary>
    public void ForgetTopics()
    {
        _topics = [];
        Pipeline?.ForgetTopics();
    }

    /// <summary>Stops the pipeline: gives up its partitions, and ends it. What was reached is kept for the next save.</summary>
    public async Task StopAsync()
    {
        if (Pipeline is not { } pipeline)
            return;
        try
        {
            if (!state.IsFenced)
                await RevokeAsync(pipeline, [.. pipeline.Held.Keys]);
        }
        catch (Exception exception)
        {
            Log.NotRevoked(logger, id.Connector, id.Number, exception);
        }

        await DiscardAsync();
    }

    /// <summary>Ends the pipeline without a flush.</summary>
    public async Task DiscardAsync()
    {
        if (Pipeline is not { } pipeline)
            return;
        _topics = Topics;
        Pipeline = null;
        watch.Use(null);
        try
        {
            await pipeline.DisposeAsync();
        }
        catch (Exception exception)
        {
            Log.NotDisposed(logger, id.Connector, id.Number, exception);
        }
    }

    private async Task<RunningPipeline> StartAsync(CancellationToken interrupt)
    {
        try
        {
            // Before anything is read: whoever had this task before can persist nothing any more.
            await state.ClaimAsync();
        }
        catch (Exception exception) when (exception is not InconsistentStateException)
        {
            throw new NotYetException(
                ProblemCause.OffsetsNotStored, $"The task's state cannot be stored: {exception.Message}", exception);
        }

        var spec = new TaskPipelineSpec(id.Connector, id.Number, state.Value.Config!);
        watch.Starting();
        var succeeded = false;
        RunningPipeline pipeline;
        try
        {
            pipeline = await RunningPipeline.StartAsync(factory, spec, _limits, time, interrupt);
            succeeded = true;
        }
        finally
        {
            watch.Started(succeeded);
        }

        watch.Use(pipeline.Observed);
        _ = pipeline.Completion.ContinueWith(
            static (_, ended) => ((Action)ended!)(), ended, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return pipeline;
    }

    private async Task AssignAsync(RunningPipeline pipeline, CancellationToken interrupt)
    {
        var gained = state.Value.Active().Where(partition => !pipeline.Held.ContainsKey(partition.Ref())).Select(Newest).ToList();
        if (gained.Count == 0)
            return;
        try
        {
            await pipeline.AssignAsync(gained, interrupt);
        }
        catch (RetriableException exception)
        {
            throw new NotYetException(ProblemCause.KafkaUnavailable, exception.Message, exception);
        }
        catch (OperationCanceledException)
        {
            // Whether reading has begun is not known.
            await StopAsync();
            throw;
        }
    }

    private async Task PauseAsync(RunningPipeline pipeline)
    {
        try
        {
            await pipeline.PauseAsync();
        }
        catch (TimeoutException exception)
        {
            // The destination hangs. A paused task needs no pipeline.
            Log.NotPaused(logger, id.Connector, id.Number, exception);
            await DiscardAsync();
        }
    }

    private async Task RevokeAsync(RunningPipeline pipeline, IReadOnlyCollection<PartitionRef> partitions)
        => Note(await pipeline.RevokeAsync(partitions));

    /// <summary>The partition with the newest offset that is known, persisted or not.</summary>
    private OwnedPartition Newest(OwnedPartition partition)
        => _reached.TryGetValue(partition.Ref(), out var reached)
            && reached.Since == partition.Since
            && reached.Replaces(partition.Offset)
                ? partition with { Offset = reached.Offset }
                : partition;

    private void Note(Dictionary<PartitionRef, ReachedOffset> reached)
    {
        foreach (var (partition, to) in reached)
        {
            // Once it was moved, until that is persisted.
            if (!_reached.TryGetValue(partition, out var before) || before.Since != to.Since)
                _reached[partition] = to;
            else if (to.Replaces(before.Offset))
                _reached[partition] = to with { WasReset = to.WasReset || before.WasReset };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Task {Connector}-{Task}: partitions were not given up in good order; records since the last flush will be delivered again.")]
        public static partial void NotRevoked(ILogger logger, string connector, int task, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Task {Connector}-{Task}: the pipeline did not end in good order.")]
        public static partial void NotDisposed(ILogger logger, string connector, int task, Exception exception);

        [LoggerMessage(3, LogLevel.Warning,
            "Task {Connector}-{Task}: the destination did not take what was on its way when the task was paused; it will be delivered again.")]
        public static partial void NotPaused(ILogger logger, string connector, int task, Exception exception);
    }
}
