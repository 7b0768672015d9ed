using Exports.Connectors.Sdk;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Exports.Grains;

/// <summary>
/// The life of a task in one activation: a background loop on the grain's scheduler that starts the pipeline, persists its
/// offsets at every flush interval, and starts it again after a failure. Callers that must wait for the pipeline (release,
/// stop) take turns with the loop, and break off a start that takes long.
/// </summary>
internal sealed partial class TaskRunner : IDisposable
{
    private const int LongestTrace = 32 * 1024;

    private static readonly TaskRestartPolicy s_defaultPolicy = new(true, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), -1);

    private readonly TaskId _id;
    private readonly StateCell<TaskGrainState> _state;
    private readonly PipelineDriver _driver;
    private readonly GroupMirror _mirror;
    private readonly TaskWatch _watch;
    private readonly ConnectorConfigReader _configs;
    private readonly GrainOptions _options;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ILogger _logger;
    private readonly Wakeup _wakeup;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Backoff _waits;
    private RestartBudget _restarts = new(s_defaultPolicy);
    private ConnectorConfig? _config;
    private Dictionary<string, string>? _configOf;
    private CancellationTokenSource? _interrupt;
    private TimeSpan _nextFlush; // as Elapsed
    private (TimeSpan Elapsed, DateTimeOffset Shown)? _notBefore;
    private string? _failure;
    private string? _lastFailure;
    private Problem? _failed; // until the task has run well again
    private Problem? _waiting;
    private Problem? _unsaved;
    private (List<OwnedPartition> Of, OwnedOffset[] Offsets) _owned = ([], []);
    private int _callers;
    private bool _isRestarting;
    private bool _hasEnded;

    public TaskRunner(
        TaskId id,
        StateCell<TaskGrainState> state,
        ITaskPipelineFactory factory,
        IGroupOffsets groups,
        ConnectorConfigReader configs,
        TaskWatch watch,
        GrainOptions options,
        CancellationToken stopping,
        TimeProvider time,
        ILogger logger)
    {
        (_id, _state, _configs, _options, _time, _logger) = (id, state, configs, options, time, logger);
        _watch = watch;
        _began = time.GetTimestamp();
        _wakeup = new(time);
        _waits = new(options.RetryDelay, options.RetryDelayMax);
        _driver = new(id, state, factory, watch, options, stopping, time, _wakeup.Set, logger);
        _mirror = new(groups, id, time, logger);
        _nextFlush = Beat.Align(options.OffsetFlushInterval * Random.Shared.NextDouble(), time);
    }

    /// <summary>The time since the runner was made, which goes on evenly when the machine's clock jumps: what is due later is due by this.</summary>
    private TimeSpan Elapsed => _time.GetElapsedTime(_began);

    /// <summary>The loop. Ends after <see cref="StopAsync"/>, or when the activation is fenced.</summary>
    public async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            while (!_hasEnded && !_state.IsFenced)
            {
                await InTurnAsync(StepAsync);
                Publish();
                await _wakeup.WaitAsync(UntilNext());
            }
        }
        catch (InconsistentStateException exception)
        {
            Log.Fenced(_logger, _id.Connector, _id.Number, exception);
        }
        catch (Exception exception)
        {
            Log.LoopFailed(_logger, _id.Connector, _id.Number, exception);
        }
        finally
        {
            // In turn: whoever stops this activation waits until its pipeline has ended, before another may begin.
            await InTurnAsync(async () =>
            {
                _hasEnded = true;
                await _driver.DiscardAsync();
            });
        }
    }

    /// <summary>The assignment has changed.</summary>
    /// <param name="anew">Whether the pipeline is wanted otherwise than before: a start or a wait that is under way is broken off.</param>
    public void Wake(bool anew)
    {
        if (anew)
        {
            _interrupt?.Cancel();
            _notBefore = _failure is null ? null : _notBefore;
        }

        _wakeup.Set();
    }

    /// <summary>Stops the pipeline after a flush, and starts it again at once, with its retry budget full.</summary>
    public void Restart()
    {
        _isRestarting = true;
        ForgetFailure();
        Wake(anew: true);
    }

    /// <summary>Lets a failed task start at once, with its retry budget full.</summary>
    public void ForgetFailure()
    {
        (_failure, _waiting, _notBefore) = (null, null, null);
        _restarts.Reset();
    }

    /// <summary>Stops reading partitions, and stores that they are released for a newer plan, with their offsets.</summary>
    public Task ReleaseAsync(long epoch, IReadOnlySet<PartitionRef> partitions) => AsCallerAsync(async () =>
    {
        await _driver.RevokeAsync(partitions);
        await SaveAsync(state => state.Release(epoch, partitions));
        await _mirror.DrainAsync(_options.OffsetFlushTimeout);
        _mirror.Forget(partitions);
    });

    /// <summary>Ends it all after a flush, within the time limits of the pipeline. Nothing is persisted by an activation that is fenced.</summary>
    public Task StopAsync() => AsCallerAsync(async () =>
    {
        _hasEnded = true;
        await _driver.StopAsync();
        if (_state.IsFenced)
            return;
        await SaveAsync(static state => state);
        await _mirror.DrainAsync(_options.OffsetFlushTimeout);
    });

    /// <summary>The topics that the pipeline has read records of; some may not be persisted yet.</summary>
    public IReadOnlyCollection<string> Topics => _driver.Topics;

    /// <summary>Begins the list of topics anew.</summary>
    public Task ForgetTopicsAsync()
    {
        _driver.ForgetTopics();
        return _state.UpdateAsync(static state => state.Topics.Count == 0 ? state : state with { Topics = [] });
    }

    /// <summary>What the task is doing, and whether it does well.</summary>
    public TaskState GetStatus() => _watch.Judge(Publish());

    /// <inheritdoc/>
    public void Dispose() => _wakeup.Dispose();

    /// <summary>Tells the worker's board what the task is doing.</summary>
    private TaskCondition Publish()
    {
        var state = _state.Value;
        var run = state switch
        {
            _ when _failure is not null => RunState.Failed,
            { Config: null } => RunState.Unassigned,
            { Partitions.Count: > 0 } when !state.Active().Any() => RunState.Unassigned,
            { Target: TargetState.Paused } => RunState.Paused,
            _ when _isRestarting => RunState.Restarting,
            _ when _driver.ReadsAll => RunState.Running,
            _ => RunState.Unassigned,
        };
        var restarts = RanWell() ? 0 : _restarts.Restarts;
        var next = run == RunState.Failed && _notBefore?.Elapsed < TimeSpan.MaxValue ? _notBefore?.Shown : null;
        var condition = new TaskCondition(
            _id.Number, run, _options.WorkerId, _failure ?? _waiting?.Message ?? _unsaved?.Message,
            _failure is not null ? _failed : _waiting ?? _unsaved, _failure is null ? _failed : null,
            state.Epoch, state.Fence, restarts, next, _driver.Pipeline?.StartedAt);
        if (!ReferenceEquals(_owned.Of, state.Partitions))
        {
            _owned = (state.Partitions,
                [.. state.Active().Select(partition => new OwnedOffset(partition.Topic, partition.Partition, partition.Offset))]);
        }

        _watch.Publish(condition, _owned.Offsets);
        return condition;
    }

    private async Task AsCallerAsync(Func<Task> work)
    {
        _callers++;
        _interrupt?.Cancel();
        try
        {
            await InTurnAsync(work);
        }
        finally
        {
            _callers--;
            _wakeup.Set();
        }
    }

    private async Task InTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task StepAsync()
    {
        // A caller that waits sets the wakeup when it is done.
        if (_hasEnded || _callers > 0)
            return;
        using var interrupt = _interrupt = new CancellationTokenSource();
        try
        {
            await ThrowIfPipelineEndedAsync();
            if (_isRestarting)
                await _driver.StopAsync();
            if (Elapsed >= (_notBefore?.Elapsed ?? TimeSpan.Zero))
            {
                ReadConfig();
                await _driver.AlignAsync(interrupt.Token);
                _waits.Reset();
                (_failure, _waiting, _notBefore, _isRestarting) = (null, null, null, false);
            }
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            _wakeup.Set();
        }
        catch (NotYetException exception)
        {
            Wait(exception);
        }
        catch (Exception exception) when (exception is not InconsistentStateException)
        {
            await FailAsync(exception);
        }
        finally
        {
            _interrupt = null;
        }

        if (Elapsed >= _nextFlush || _driver.Pipeline is { NeedsFlush: true })
            await FlushAsync();
    }

    private async Task ThrowIfPipelineEndedAsync()
    {
        if (_driver.Pipeline is not { Completion.IsCompleted: true } ended)
            return;
        await FlushAsync();
        await ended.Completion;
        throw new ConnectException("The pipeline has ended without an error and without having been told to.");
    }

    private async Task FailAsync(Exception exception)
    {
        if (RanWell())
            _restarts.Reset();
        if (_watch.HasRecovered)
            _failed = null;
        await _driver.DiscardAsync();
        var delay = _restarts.Next();
        _notBefore = delay is { } pause ? After(pause) : (TimeSpan.MaxValue, DateTimeOffset.MaxValue);
        (_failure, _waiting, _isRestarting) = (Describe(exception), null, false);
        var now = _time.GetUtcNow();
        var failed = Problems.Of(exception, now);
        _failed = failed with { Since = _failed?.Cause == failed.Cause ? _failed.Since : now };
        _watch.Failed(restarts: delay is not null);
        // A failure that comes again and again is told in full once.
        if (delay is { } again && exception.Message == _lastFailure)
            Log.FailedAgain(_logger, _id.Connector, _id.Number, again, _restarts.Restarts, exception.Message);
        else if (delay is { } wait)
            Log.Failed(_logger, _id.Connector, _id.Number, wait, _restarts.Restarts, exception);
        else
            Log.FailedForGood(_logger, _id.Connector, _id.Number, exception);
        _lastFailure = exception.Message;
    }

    private void Wait(NotYetException exception)
    {
        if (_waiting?.Message != exception.Message)
            Log.Waits(_logger, _id.Connector, _id.Number, exception.Message);
        _waiting = Problems.Of(exception.Cause, exception.Message, _waiting?.Since ?? _time.GetUtcNow());
        _notBefore = After(_waits.Next());
    }

    private async Task FlushAsync()
    {
        _nextFlush = Elapsed + Beat.Align(_options.OffsetFlushInterval, _time);
        var (begun, before) = (_time.GetTimestamp(), _state.Value);
        try
        {
            await _driver.FlushAsync();
            await SaveAsync(static state => state);
            if (ReferenceEquals(before, _state.Value))
                _watch.Commits.Skip();
            else
                _watch.Commits.Succeed(_time.GetElapsedTime(begun));
            if (_unsaved is not null)
                Log.FlushesAgain(_logger, _id.Connector, _id.Number);
            _unsaved = null;
        }
        catch (Exception exception) when (exception is not InconsistentStateException)
        {
            _watch.Commits.Fail(_time.GetElapsedTime(begun));
            if (_unsaved is null)
                Log.FlushFailed(_logger, _id.Connector, _id.Number, exception);
            var cause = exception is ConnectException or TimeoutException
                ? Problems.Of(exception, default).Cause
                : ProblemCause.OffsetsNotStored;
            _unsaved = Problems.Of(
                cause, $"Offsets are not being persisted: {exception.Message}", _unsaved?.Since ?? _time.GetUtcNow());
        }
    }

    /// <summary>Persists what has been reached, and copies it to the connector's group.</summary>
    private async Task SaveAsync(Func<TaskGrainState, TaskGrainState> change)
    {
        var before = _state.Value;
        await _driver.SaveAsync(state => change(state).Followed(_mirror.HasFollowed));
        var after = _state.Value;
        if (_config is { } config && ReferenceEquals(_configOf, after.Config))
            _mirror.Offer(config.GroupId, ReferenceEquals(before, after) ? [] : after.Partitions);
    }

    private void ReadConfig()
    {
        if (_state.Value.Config is not { } config || ReferenceEquals(_configOf, config))
            return;
        _config = _configs.Read(config);
        _configOf = config;
        _restarts = new(_config.Restart);
    }

    private TimeSpan UntilNext()
    {
        var next = _driver.Pipeline is not null || _driver.HasUnsaved || _mirror.HasPending ? _nextFlush : TimeSpan.MaxValue;
        if (_notBefore?.Elapsed < next)
            next = _notBefore.Value.Elapsed;
        if (next == TimeSpan.MaxValue)
            return Timeout.InfiniteTimeSpan;
        var wait = next - Elapsed;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private (TimeSpan Elapsed, DateTimeOffset Shown) After(TimeSpan delay) => (Elapsed + delay, _time.GetUtcNow() + delay);

    /// <summary>
    /// Whether the pipeline has run for a healthy spell: one in which the destination has accepted something, or had nothing to accept.
    /// A destination that is away would otherwise be met with a full budget of restarts each time that retries end.
    /// </summary>
    private bool RanWell()
        => _driver.Pipeline is { } pipeline && pipeline.Age >= _restarts.HealthySpell
            && (pipeline.Progress.LastAcknowledgement is not null || pipeline.Progress.BytesBuffered == 0);

    private static string Describe(Exception exception)
    {
        var text = exception.ToString();
        return text.Length <= LongestTrace ? text : $"{text.AsSpan(0, LongestTrace)}…";
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Task {Connector}-{Task} failed; restarting in {Delay} (restart {Restart}).")]
        public static partial void Failed(ILogger logger, string connector, int task, TimeSpan delay, int restart, Exception exception);

        [LoggerMessage(8, LogLevel.Warning, "Task {Connector}-{Task} failed as before; restarting in {Delay} (restart {Restart}): {Error}")]
        public static partial void FailedAgain(ILogger logger, string connector, int task, TimeSpan delay, int restart, string error);

        [LoggerMessage(2, LogLevel.Error, "Task {Connector}-{Task} failed, and does not restart by itself.")]
        public static partial void FailedForGood(ILogger logger, string connector, int task, Exception exception);

        [LoggerMessage(3, LogLevel.Warning, "Task {Connector}-{Task} waits: {Reason}")]
        public static partial void Waits(ILogger logger, string connector, int task, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Task {Connector}-{Task}: offsets are not being persisted; it goes on delivering, and tries again at every flush.")]
        public static partial void FlushFailed(ILogger logger, string connector, int task, Exception exception);

        [LoggerMessage(5, LogLevel.Information, "Task {Connector}-{Task}: offsets are being persisted again.")]
        public static partial void FlushesAgain(ILogger logger, string connector, int task);

        [LoggerMessage(6, LogLevel.Warning, "Task {Connector}-{Task}: another activation has taken over; this one has stopped, and commits nothing.")]
        public static partial void Fenced(ILogger logger, string connector, int task, Exception exception);

        [LoggerMessage(7, LogLevel.Error, "Task {Connector}-{Task}: its loop failed; the grain is deactivated.")]
        public static partial void LoopFailed(ILogger logger, string connector, int task, Exception exception);
    }
}
