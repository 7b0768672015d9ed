using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// A task's pipeline: its partitions, the lanes that read them, its inbox, its delivery loop and its sink. It knows who does
/// what, and does nothing to records itself.
/// </summary>
internal sealed partial class TaskPipeline : ITaskPipeline
{
    // How long a sink that ignores its cancellation is waited for, and how long it may take to release what it has.
    private static readonly TimeSpan s_heed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_resetDelay = TimeSpan.FromSeconds(1);

    private readonly TaskPipelineSpec _spec;
    private readonly SinkTask _sink;
    private readonly DeadLetterQueue? _deadLetters;
    private readonly Inbox _inbox;
    private readonly DeliveryLoop _loop;
    private readonly LaneSet _lanes;
    private readonly LaneSettings _laneSettings;
    private readonly StartPositions _positions;
    private readonly Func<string, string> _redact;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, LanePartition> _partitions = [];
    private bool _isPaused;
    private Task? _disposal;

    /// <summary>Makes a pipeline whose sink has been started.</summary>
    /// <param name="spec">The task.</param>
    /// <param name="sink">The sink task.</param>
    /// <param name="statistics">Where its work is counted; the sink's own retries are already.</param>
    /// <param name="conversion">Its converters and transforms.</param>
    /// <param name="errors">What happens to what fails.</param>
    /// <param name="deadLetters">Where records go that fail; null for nowhere. From now on the pipeline's.</param>
    /// <param name="reporter">What the sink reports records to; null for none.</param>
    /// <param name="worker">What it shares with the other tasks of the worker.</param>
    /// <param name="laneSettings">The settings of the lanes that read for it.</param>
    /// <param name="positions">Where it begins to read.</param>
    /// <param name="redact">Takes secrets out of messages.</param>
    /// <param name="logger">Where to report.</param>
    public TaskPipeline(
        TaskPipelineSpec spec,
        SinkTask sink,
        TaskStatistics statistics,
        RecordConversion conversion,
        ErrorPolicy errors,
        DeadLetterQueue? deadLetters,
        ErrantRecordReporter? reporter,
        WorkerParts worker,
        LaneSettings laneSettings,
        StartPositions positions,
        Func<string, string> redact,
        ILogger logger)
    {
        _spec = spec;
        _sink = sink;
        Statistics = statistics;
        _deadLetters = deadLetters;
        _lanes = worker.Lanes;
        _laneSettings = laneSettings;
        _positions = positions;
        _redact = redact;
        _grace = worker.Options.ShutdownGrace;
        _time = worker.Time;
        _logger = logger;
        var readsHeaders = sink.ReadsHeaders || conversion.ReadsHeaders;
        _inbox = new Inbox(worker.Budget, readsHeaders || deadLetters is not null);
        _loop = new DeliveryLoop(
            spec, sink, _inbox, new RecordAssembler(conversion, readsHeaders), errors, deadLetters, statistics, Reset, _grace, worker.Time, logger);
        if (reporter is not null)
            reporter.Loop = _loop;
        Completion = CompleteAsync();
        // Observed: whoever does not look at it does not want to know.
        _ = Completion.ContinueWith(
            static completion => completion.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _loop.Start();
    }

    /// <inheritdoc/>
    public Task Completion { get; }

    /// <summary>Disposed of when the pipeline stops; null for nothing.</summary>
    public IDisposable? Watch { get; init; }

    /// <summary>What has been read for the task.</summary>
    internal Inbox Inbox => _inbox;

    /// <inheritdoc/>
    public PipelineProgress Progress => new(
        _inbox.RecordsRead,
        _inbox.BytesRead,
        _loop.Delivered,
        _loop.Skipped,
        Statistics.Retries(),
        _inbox.Used,
        _loop.LastAcknowledgement,
        Statistics.LastFailure is { } failure ? _redact(failure.Message) : null)
    {
        HoldsSince = _inbox.HoldsSince is { } read ? _time.GetUtcNow() - _time.GetElapsedTime(read) : null,
        Errors = _loop.Errors,
        Topics = _inbox.Topics,
        KafkaUnreachableSince = KafkaUnreachableSince(),
    };

    /// <inheritdoc/>
    public TaskStatistics Statistics { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PartitionProgress> Partitions
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _partitions.Values.Select(partition => new PartitionProgress(
                        partition.Id, partition.Acknowledgement.Committable, partition.Lane?.EndOffset(partition.Id), partition.Problem)),
                ];
            }
        }
    }

    /// <inheritdoc/>
    public void ForgetTopics() => _inbox.ForgetTopics();

    /// <inheritdoc/>
    public async Task AssignAsync(IReadOnlyList<StartPosition> partitions, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var (partition, _) in partitions)
            {
                if (_partitions.ContainsKey(partition))
                    throw new InvalidOperationException($"{_spec} reads {partition} already.");
            }
        }

        TopicPartition[] opened = [.. partitions.Select(start => start.Partition)];
        var known = await OpenAsync(opened, cancellationToken).ConfigureAwait(false);
        try
        {
            var positions = await _positions.ResolveAsync(
                [.. partitions.Select(start => Later(start, known))], cancellationToken).ConfigureAwait(false);
            Begin([.. partitions.Select((start, i) => new LanePartition(start.Partition, _inbox, _loop, positions[i]))]);
        }
        catch
        {
            await CloseAsync(opened).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CommittableOffset>> RevokeAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var revoked = new List<LanePartition>(partitions.Count);
        lock (_lock)
        {
            foreach (var id in partitions)
            {
                if (_partitions.Remove(id, out var partition))
                    revoked.Add(partition);
            }
        }

        if (revoked.Count == 0)
            return [];
        _inbox.Revoke(revoked);
        _lanes.Stop(revoked);
        try
        {
            // The grace time for what is on its way, and as much again for the flush.
            var offsets = await SettleAsync(flushes: true, revoked, _grace * 2, cancellationToken).ConfigureAwait(false);
            await CloseAsync([.. revoked.Select(partition => partition.Id)]).ConfigureAwait(false);
            return offsets;
        }
        catch (TimeoutException e)
        {
            throw new ConnectException(
                $"{_spec}: the destination did not take what was on its way, or did not flush, within "
                + $"{_grace.TotalSeconds:0.#} s; records since the last flush will be delivered again.",
                e);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CommittableOffset>> FlushAsync(CancellationToken cancellationToken)
        => SettleAsync(flushes: true, revoked: null, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <inheritdoc/>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        LanePartition[] all;
        lock (_lock)
        {
            _isPaused = true;
            all = [.. _partitions.Values];
        }

        _loop.SetPaused(true);
        _lanes.Stop(all);
        // What waits is read again afterwards, so that a paused task holds no memory.
        _inbox.Suspend();
        await SettleAsync(flushes: false, revoked: null, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_isPaused)
                return Task.CompletedTask;
            _inbox.Resume();
            _lanes.Start(_laneSettings, [.. _partitions.Values]);
            _isPaused = false;
        }

        _loop.SetPaused(false);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
            _disposal ??= Task.Run(StopAsync);
        return new ValueTask(_disposal);
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> OpenAsync(
        TopicPartition[] partitions, CancellationToken cancellationToken)
    {
        try
        {
            return await _sink.OpenPartitionsAsync(partitions, cancellationToken).ConfigureAwait(false);
        }
        catch (RetriableException e)
        {
            throw _redact(e.ToString()) == e.ToString()
                ? e
                : new RetriableException(_redact(e.Message), null, e.RetryAfter) { Cause = ErrorCauses.Of(e) };
        }
        catch (ConnectException e)
        {
            throw Safe(e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw Safe(new ConnectException($"{_spec} could not open its partitions: {e.Message}", e));
        }
    }

    private async Task CloseAsync(IReadOnlyList<TopicPartition> partitions)
    {
        try
        {
            await _sink.ClosePartitionsAsync(partitions).WaitAsync(_grace, _time).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the partitions are given up, well or badly
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.CloseFailed(_logger, _spec.Connector, _spec.Task, Safe(e));
        }
    }

    /// <summary>
    /// Of the position that the control plane has persisted and the one that the sink knows, the later: what lies between was
    /// filtered or skipped, or delivered and not persisted.
    /// </summary>
    private static StartPosition Later(StartPosition start, IReadOnlyDictionary<TopicPartition, long> known)
        => known.TryGetValue(start.Partition, out var offset) && offset > (start.Offset ?? -1)
            ? start with { Offset = offset }
            : start;

    private void Begin(LanePartition[] added)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposal is not null, this);
            foreach (var partition in added)
                _inbox.Add(partition);
            if (!_isPaused)
            {
                try
                {
                    _lanes.Start(_laneSettings, added);
                }
                catch
                {
                    _inbox.Revoke(added);
                    throw;
                }
            }

            foreach (var partition in added)
            {
                _partitions.Add(partition.Id, partition);
                _loop.Add(partition);
            }
        }
    }

    private async Task StopAsync()
    {
        LanePartition[] all;
        lock (_lock)
        {
            all = [.. _partitions.Values];
            _partitions.Clear();
        }

        Watch?.Dispose();
        await _disposing.CancelAsync().ConfigureAwait(false);
        _inbox.Revoke(all);
        _lanes.Stop(all);
        if (!await _loop.StopAsync(_grace, s_heed).ConfigureAwait(false))
            Log.Abandoned(_logger, _spec.Connector, _spec.Task);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await Task.Run(_sink.StopAsync).WaitAsync(_grace, _time).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // it has been stopped, well or badly
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.StopFailed(_logger, _spec.Connector, _spec.Task, Safe(e));
        }

        _inbox.Dispose();
        _deadLetters?.Dispose();
    }

    private async Task CompleteAsync()
    {
        try
        {
            await _loop.Completion.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw Safe(e);
        }
    }

    private async Task<IReadOnlyList<CommittableOffset>> SettleAsync(
        bool flushes, IReadOnlyList<LanePartition>? revoked, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await _loop.SettleAsync(flushes, revoked, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectException e)
        {
            throw Safe(e);
        }
    }

    /// <summary>The exception itself, or its message without secrets where there are any in it.</summary>
    private Exception Safe(Exception error)
    {
        var text = error.ToString();
        return _redact(text) == text ? error : new ConnectException(_redact(error.Message)) { Cause = ErrorCauses.Of(error) };
    }

    private DateTimeOffset? KafkaUnreachableSince()
    {
        lock (_lock)
        {
            foreach (var partition in _partitions.Values)
            {
                if (partition.Lane?.UnreachableSince is { } since)
                    return since;
            }
        }

        return null;
    }

    private void Reset(LanePartition partition, long offset) => _ = Task.Run(() => ResetAsync(partition, offset));

    private async Task ResetAsync(LanePartition partition, long offset)
    {
        try
        {
            while (true)
            {
                try
                {
                    var position = await _positions.ResetAsync(partition.Id, _disposing.Token).ConfigureAwait(false);
                    // Where a topic was made anew, its records begin before the position, and none is missed.
                    var missed = Math.Max(0, position - offset);
                    Statistics.Missed(missed);
                    Log.Repositioned(
                        _logger, _spec.Connector, _spec.Task, partition.Id.Topic, partition.Id.Partition, offset, position, missed);
                    _loop.Reposition(partition, position);
                    _inbox.Reposition(partition, position);
                    partition.Lane?.Start(partition);
                    return;
                }
                catch (RetriableException)
                {
                    await Task.Delay(s_resetDelay, _time, _disposing.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The task is being stopped.
        }
#pragma warning disable CA1031 // the task fails with it
        catch (Exception e)
#pragma warning restore CA1031
        {
            _loop.Fail(e is ConnectException
                ? new ConnectException($"There is no record at offset {offset} of {partition.Id}. {e.Message}", e)
                : e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "{Connector}-{Task}: there is no record at offset {Offset} of {Topic}-{Partition}; auto.offset.reset takes it to {Position}: {Missed} "
            + "records are not delivered")]
        public static partial void Repositioned(
            ILogger logger, string connector, int task, string topic, int partition, long offset, long position, long missed);

        [LoggerMessage(2, LogLevel.Warning, "{Connector}-{Task}: the sink did not let go of a batch; it is left behind")]
        public static partial void Abandoned(ILogger logger, string connector, int task);

        [LoggerMessage(4, LogLevel.Warning, "{Connector}-{Task}: the sink did not close partitions in good order")]
        public static partial void CloseFailed(ILogger logger, string connector, int task, Exception error);

        [LoggerMessage(3, LogLevel.Warning, "{Connector}-{Task}: the sink did not stop in good order")]
        public static partial void StopFailed(ILogger logger, string connector, int task, Exception error);
    }
}
