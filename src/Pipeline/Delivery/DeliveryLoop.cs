using System.Diagnostics;
using System.Runtime.InteropServices;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// Delivers what arrives in a task's inbox: takes records, has them converted, puts them, and acknowledges what the sink
/// has accepted. Guarantees that puts are begun in the order of reading, that a partition's records are never put behind
/// later ones of the same partition, and that nothing is acknowledged that was not delivered, filtered or skipped. Hands
/// on the partitions' committable offsets.
/// </summary>
/// <remarks>
/// One loop does everything, so nothing of its state needs a lock; it uses a thread of the pool only while there is
/// something to do. When a put fails, no further one is begun until all have ended; then those that failed are put
/// again, in order. Puts that succeeded behind a failed one are not repeated: a task that allows several at once promises
/// that this changes no order that matters.
/// </remarks>
internal sealed partial class DeliveryLoop : ILaneReader
{
    private const int PutsBetweenYields = 16;

    // What may be on its way to the dead letter queue before no more is put: its records and bytes are held beside the buffers.
    private const int MaxDeadLetters = 1000;
    private const long MaxDeadLetterBytes = 1024 * 1024;

    private readonly TaskPipelineSpec _spec;
    private readonly SinkTask _sink;
    private readonly Inbox _inbox;
    private readonly RecordAssembler _assembler;
    private readonly ErrorPolicy _errors;
    private readonly DeadLetterQueue? _deadLetters;
    private readonly TaskStatistics _statistics;
    private readonly Action<LanePartition, long> _outOfRange;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimeSpan _grace;
    private readonly int _maxInFlight;
    private readonly int _maxRecords;
    private readonly long _maxBytes;
    private readonly bool _needsFlush;

    private readonly Signal _signal = new();
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _postLock = new();
    private readonly Queue<DeliveryCommand> _commands = new();
    private readonly List<Action> _posted = [];
    private readonly List<LanePartition> _partitions = [];
    private volatile bool _isPaused;
    private volatile bool _isStopping;
    private volatile bool _isAbandoning;

    // The loop alone.
    private readonly List<PutBatch> _inFlight = [];
    private readonly List<PutBatch> _failed = [];
    private readonly Queue<PutBatch> _again = new();
    private readonly Stack<PutBatch> _idle = new();
    private readonly List<Segment> _segments = [];
    private PutBatch? _assembling;
    private PutBatch? _undeliverable;
    private Exception? _fault;
    private long _faultedAt;
    private TimeSpan _delay;
    private long _notBefore;
    private long _lastNumber;
    private int _deadLettersOut;
    private long _deadLetterBytesOut;
    private bool _hasEnded;

    // Written by the loop, read by anyone.
    private long _delivered;
    private long _skipped;
    private long _lastAcknowledgement;

    /// <summary>Makes a loop; <see cref="Start"/> sets it going.</summary>
    /// <param name="spec">The task.</param>
    /// <param name="sink">The sink task, started.</param>
    /// <param name="inbox">Where records arrive.</param>
    /// <param name="assembler">Converts them.</param>
    /// <param name="errors">What happens to what fails.</param>
    /// <param name="deadLetters">Where records go that fail; null for nowhere. Belongs to the caller.</param>
    /// <param name="statistics">Where the work is counted.</param>
    /// <param name="outOfRange">Called when there are no records at a partition's position.</param>
    /// <param name="grace">How long puts that are under way may take to end when the task has failed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to report retries.</param>
    public DeliveryLoop(
        TaskPipelineSpec spec,
        SinkTask sink,
        Inbox inbox,
        RecordAssembler assembler,
        ErrorPolicy errors,
        DeadLetterQueue? deadLetters,
        TaskStatistics statistics,
        Action<LanePartition, long> outOfRange,
        TimeSpan grace,
        TimeProvider time,
        ILogger logger)
    {
        _spec = spec;
        _sink = sink;
        _inbox = inbox;
        _assembler = assembler;
        _errors = errors;
        _deadLetters = deadLetters;
        _statistics = statistics;
        _outOfRange = outOfRange;
        _grace = grace;
        _time = time;
        _logger = logger;
        _maxInFlight = Math.Max(1, sink.MaxInFlight);
        _maxRecords = Math.Max(1, sink.MaxBatchRecords);
        _maxBytes = Math.Max(1, sink.MaxBatchBytes);
        _needsFlush = sink.NeedsFlush;
        _timer = time.CreateTimer(
            static loop => ((DeliveryLoop)loop!)._signal.Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Ended = Task.CompletedTask;
    }

    /// <summary>Completes when the loop has failed, with the reason, or without one when it was stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Completes when the loop has ended. It goes on after a failure, to flush, until it is stopped.</summary>
    public Task Ended { get; private set; }

    public long Delivered => Volatile.Read(ref _delivered);

    public long Skipped => Volatile.Read(ref _skipped);

    public ErrorCounts Errors => _errors.Counters.Counts;

    public DateTimeOffset? LastAcknowledgement
        => Volatile.Read(ref _lastAcknowledgement) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void Start() => Ended = Task.Run(() =>
    {
        // The request that has started the task is over for it, and destinations are not told of its trace.
        Activity.Current = null;
        return RunAsync();
    });

    /// <summary>Lets the loop report a partition's offset.</summary>
    public void Add(LanePartition partition) => Post(() => _partitions.Add(partition));

    /// <summary>A partition will be read on from another offset, behind all that has been taken in.</summary>
    public void Reposition(LanePartition partition, long offset)
        => Post(() =>
        {
            partition.WasReset = true;
            partition.Acknowledgement.Acknowledge(partition.Acknowledgement.Begin(offset, offset - 1));
        });

    /// <summary>Fails the task.</summary>
    public void Fail(Exception error) => Post(() => Fault(error));

    /// <summary>The sink cannot deliver a record of a put that is under way, and goes on with the others.</summary>
    /// <param name="partition">Where the record was read.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="error">Why.</param>
    /// <returns>Completes when the record is in the dead letter queue, where there is one.</returns>
    /// <exception cref="ConnectException">The error is not tolerated, or the dead letter queue did not take the record.</exception>
    public Task ReportAsync(TopicPartition partition, long offset, Exception error)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_postLock)
        {
            if (_hasEnded)
                throw new ConnectException($"{_spec} has been stopped.");
            _posted.Add(() => Report(partition, offset, error, done));
        }

        _signal.Set();
        return done.Task;
    }

    /// <summary>Begins no further put, or goes on.</summary>
    public void SetPaused(bool isPaused)
    {
        _isPaused = isPaused;
        _signal.Set();
    }

    /// <summary>
    /// Waits until no put is under way, takes the committable offsets, and has the sink flush if asked to. Only to flush a sink that
    /// has nothing to flush, it does not wait. With partitions given, the loop forgets them: they must have been revoked at the inbox.
    /// </summary>
    /// <param name="flushes">Whether the sink is to be flushed.</param>
    /// <param name="revoked">The partitions to forget; null to forget none and report all.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The time is over.</exception>
    public async Task<IReadOnlyList<CommittableOffset>> SettleAsync(
        bool flushes, IReadOnlyList<LanePartition>? revoked, TimeSpan limit, CancellationToken cancellationToken)
    {
        var command = new DeliveryCommand(flushes, revoked, cancellationToken);
        lock (_postLock)
        {
            if (_isStopping)
                throw new ConnectException($"{_spec} has been stopped.");
            _commands.Enqueue(command);
        }

        _signal.Set();
        try
        {
            return await command.Task.WaitAsync(limit, _time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (command.TrySetCanceled(CancellationToken.None))
                _signal.Set();
        }
    }

    /// <summary>
    /// Begins no further put, waits for those under way, cancels them when the grace time is over, and abandons those that
    /// do not heed it; their memory is kept until they end.
    /// </summary>
    /// <returns>Whether the sink has let go of everything.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, TimeSpan heed)
    {
        lock (_postLock)
            _isStopping = true;
        _signal.Set();
        if (await HasEndedAsync(grace).ConfigureAwait(false))
            return true;
        await _cancel.CancelAsync().ConfigureAwait(false);
        if (await HasEndedAsync(heed).ConfigureAwait(false))
            return true;
        _isAbandoning = true;
        _signal.Set();
        // A sink that blocks the loop's own thread is left to itself as well.
        await HasEndedAsync(heed).ConfigureAwait(false);
        _completion.TrySetResult();
        return false;
    }

    void ILaneReader.RecordsArrived() => _signal.Set();

    void ILaneReader.OffsetOutOfRange(LanePartition partition, long offset) => _outOfRange(partition, offset);

    void ILaneReader.ReadFailed(LanePartition partition, Exception error) => Fail(error);

    private async Task<bool> HasEndedAsync(TimeSpan limit)
        => await Task.WhenAny(Ended, Task.Delay(limit, _time)).ConfigureAwait(false) == Ended;

    private void Post(Action action)
    {
        lock (_postLock)
            _posted.Add(action);
        _signal.Set();
    }

    private async Task RunAsync()
    {
        try
        {
            await LoopAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a defect of ours fails this task, not the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            _completion.TrySetException(new ConnectException($"The delivery of {_spec} broke down: {e.Message}", e));
            lock (_postLock)
                _isStopping = true;
        }

        Clean();
        _completion.TrySetResult();
    }

    private async Task LoopAsync()
    {
        var puts = 0;
        while (true)
        {
            TakeResults();
            RunPosted();
            if (_isStopping && (IsQuiet || _isAbandoning))
                return;
            if (_fault is not null)
                Complete();
            if (TryGetCommand(out var command))
            {
                if (IsQuiet || !Settles(command))
                {
                    await ExecuteAsync(command).ConfigureAwait(false);
                    continue;
                }
            }
            else if (TryPut())
            {
                // A sink that is never busy must not keep a thread of the pool from all others.
                if (++puts % PutsBetweenYields == 0)
                    await Task.Yield();
                continue;
            }

            // Whatever the sink holds back for more to come, no more comes before it is done.
            if (_inFlight.Count > 0 && !MayPut)
                _sink.Drain();
            await _signal.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Whether nothing is on its way, neither to the destination nor to the dead letter queue.</summary>
    private bool IsQuiet => _inFlight.Count == 0 && _deadLettersOut == 0;

    /// <summary>Reports the failure: when nothing is on its way, but not later than after the grace time.</summary>
    private void Complete()
    {
        if (_completion.Task.IsCompleted)
            return;
        var waited = _time.GetElapsedTime(_faultedAt);
        if (IsQuiet || waited >= _grace)
            _completion.TrySetException(_fault!);
        else
            _timer.Change(_grace - waited + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void RunPosted()
    {
        lock (_postLock)
        {
            foreach (var action in _posted)
                action();
            _posted.Clear();
        }
    }

    private bool TryGetCommand(out DeliveryCommand command)
    {
        lock (_postLock)
        {
            while (_commands.TryPeek(out command!))
            {
                if (!command.Task.IsCompleted)
                    return true;
                Forget(_commands.Dequeue());
            }
        }

        return false;
    }

    private async Task ExecuteAsync(DeliveryCommand command)
    {
        var offsets = new List<CommittableOffset>();
        foreach (var partition in command.Partitions ?? _partitions)
        {
            if (partition.Acknowledgement.Committable is { } offset)
                offsets.Add(new CommittableOffset(partition.Id, offset, partition.WasReset));
        }

        Forget(command);
        try
        {
            if (command.Flushes && _needsFlush)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(command.CancellationToken, _cancel.Token);
                await _sink.FlushAsync(either.Token).ConfigureAwait(false);
            }

            command.TrySetResult(offsets);
        }
#pragma warning disable CA1031 // the caller gets it
        catch (Exception e)
#pragma warning restore CA1031
        {
            command.TrySetException(e as ConnectException ?? new ConnectException($"{_spec} could not flush: {e.Message}", e));
        }
    }

    /// <summary>
    /// Whether a command has to wait until no put is under way. What a destination has made durable already can be committed at
    /// any time: a record that it throttles for minutes must hold up neither other records nor other partitions' offsets.
    /// </summary>
    private bool Settles(DeliveryCommand command) => !command.Flushes || command.Partitions is not null || _needsFlush;

    /// <summary>Drops revoked partitions, and what is to be put again of them.</summary>
    private void Forget(DeliveryCommand command)
    {
        if (command.Partitions is null)
            return;
        _partitions.RemoveAll(static partition => partition.IsRevoked);
        for (var left = _again.Count; left > 0; left--)
        {
            var put = _again.Dequeue();
            if (put.RemoveRevoked(isComplete: true))
                _again.Enqueue(put);
            else
                Recycle(put);
        }

        if (_assembling is { } half && !half.RemoveRevoked(isComplete: false))
        {
            _assembling = null;
            Recycle(half);
        }
    }

    /// <summary>Whether another put is begun as soon as there is something to put.</summary>
    private bool MayPut
        => !_isStopping && !_isPaused && _fault is null && _failed.Count == 0 && _inFlight.Count < _maxInFlight && !IsDeadLetterQueueBusy
            && !TryGetCommand(out _);

    private bool TryPut()
    {
        if (_isStopping || _isPaused || _fault is not null || _failed.Count > 0 || _inFlight.Count >= _maxInFlight
            || IsDeadLetterQueueBusy)
        {
            return false;
        }

        if (_notBefore != 0)
        {
            var now = _time.GetTimestamp();
            if (now < _notBefore)
            {
                // Rounded up: a timer that fires early would have to be set again.
                var rest = _time.GetElapsedTime(now, _notBefore) + TimeSpan.FromMilliseconds(1);
                _timer.Change(rest, Timeout.InfiniteTimeSpan);
                return false;
            }

            _notBefore = 0;
        }

        if (_again.TryDequeue(out var put))
        {
            Put(put);
            return true;
        }

        put = _assembling ?? Take();
        if (put is null)
            return false;
        _assembling = null;
        if (!TryAssemble(put))
            return true;
        _statistics.Sent(put.RecordCount);
        if (put.RecordCount > 0)
            Put(put);
        else
            Accept(put, countDelivered: false);
        return true;
    }

    private PutBatch? Take()
    {
        _inbox.Take(_segments, _maxRecords, _maxBytes);
        if (_segments.Count == 0)
            return null;
        var put = _idle.TryPop(out var idle) ? idle : new PutBatch(_ => _signal.Set());
        Debug.Assert(put.RecordCount == 0 && put.Parts.Length == 0 && put.Cursor == default, "The batch is as good as new.");
        put.Number = ++_lastNumber;
        foreach (var segment in _segments)
            put.Add(segment);
        _segments.Clear();
        return put;
    }

    /// <summary>Makes the batch's records. False when it has to wait, or nothing of it can be delivered.</summary>
    private bool TryAssemble(PutBatch put)
    {
        while (true)
        {
            var begin = put.Cursor;
            var error = _assembler.Fill(put, out var dropped);
            Volatile.Write(ref _skipped, _skipped + dropped);
            if (error is null)
            {
                put.Failures = 0;
                return true;
            }

            if (put.Cursor != begin)
                put.Failures = 0; // another record than the one that failed before
            _statistics.Failed(error);
            _errors.Counters.Failed();
            if (error.CanRetry && Delay(put, _errors.Conversions, error.InnerException) is { } delay)
            {
                _statistics.Retried(error);
                _errors.Counters.Retried();
                _notBefore = After(delay);
                _assembling = put;
                return false;
            }

            ref readonly var record = ref RecordAssembler.Current(put, out var part);
            if (Judge(RecordError.Of(error), part, record) is { } fatal)
            {
                Fault(fatal);
                _undeliverable = new PutBatch(_ => _signal.Set());
                if (put.MoveRestTo(_undeliverable))
                    return true;
                Recycle(put);
                return false;
            }

            RecordAssembler.Skip(put);
            put.Failures = 0;
            Volatile.Write(ref _skipped, _skipped + 1);
            if (IsDeadLetterQueueBusy)
            {
                _assembling = put;
                return false;
            }
        }
    }

    /// <summary>
    /// A record failed for good: sees to it that it is logged and gets into the dead letter queue. Returns null when it is to be skipped,
    /// else what the task fails with.
    /// </summary>
    private ConnectException? Judge(in RecordError error, in PutBatch.Part part, in RecordEntry record, TaskCompletionSource? done = null)
    {
        var partition = part.Segment.Batch.Partition;
        var fatal = _errors.Judge(error, partition.Id, record);
        if (_deadLetters is { } queue)
            Bury(queue, error, part, record, fatal, done);
        else if (fatal is null)
            done?.SetResult();
        else
            done?.SetException(fatal);
        return fatal;
    }

    private bool IsDeadLetterQueueBusy => _deadLettersOut >= MaxDeadLetters || _deadLetterBytesOut >= MaxDeadLetterBytes;

    /// <summary>
    /// Sends a record to the dead letter queue. Until it is there, no offset behind the record can be committed; when it does not get
    /// there, the task fails.
    /// </summary>
    private void Bury(
        DeadLetterQueue queue, in RecordError error, in PutBatch.Part part, in RecordEntry record, ConnectException? fatal,
        TaskCompletionSource? done)
    {
        var (partition, number) = (part.Segment.Batch.Partition, part.Number);
        var (offset, bytes) = (record.Offset, DeadLetter.Size(record));
        if (fatal is null)
            partition.Acknowledgement.Hold(number);
        _deadLettersOut++;
        _deadLetterBytesOut += bytes;
        _errors.Counters.DeadLetter();
        var sending = queue.SendAsync(queue.Write(record, partition.Id, error));
        _ = sending.ContinueWith(
            _ => Post(Sent), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        void Sent()
        {
            _deadLettersOut--;
            _deadLetterBytesOut -= bytes;
            if (sending.IsCompletedSuccessfully)
            {
                if (fatal is not null)
                {
                    done?.SetException(fatal);
                    return;
                }

                partition.Acknowledgement.Release(number);
                done?.SetResult();
                return;
            }

            var failure = new ConnectException(
                $"The dead letter queue {queue.Topic} did not take the record of topic {partition.Id.Topic}, partition "
                + $"{partition.Id.Partition}, offset {offset}: {sending.Exception?.InnerException?.Message ?? "the task was stopped."}");
            _errors.Counters.DeadLetterFailed();
            if (!_isStopping)
            {
                Log.DeadLetterFailed(
                    _logger, _spec.Connector, _spec.Task, failure.Message, partition.Id.Topic, partition.Id.Partition, offset);
            }

            Fault(failure);
            done?.SetException(failure);
        }
    }

    private void Report(TopicPartition partition, long offset, Exception error, TaskCompletionSource done)
    {
        foreach (var put in _inFlight)
        {
            foreach (ref readonly var part in put.Parts)
            {
                if (part.Segment.Batch.Partition.Id != partition || !part.TryFind(offset, out var record))
                    continue;
                put.Reported++;
                _statistics.Failed(error);
                _errors.Counters.Failed();
                Volatile.Write(ref _skipped, _skipped + 1);
                if (Judge(RecordError.OfPut(_sink.GetType(), error), part, record, done) is { } fatal)
                {
                    // Never released: the record is neither delivered nor skipped.
                    part.Segment.Batch.Partition.Acknowledgement.Hold(part.Number);
                    Fault(fatal);
                }

                return;
            }
        }

        done.SetException(new ConnectException(
            $"{_sink.GetType().FullName} reported a failure of {partition}, offset {offset}, which is in no put that is under way: "
            + "records can be reported until their put has completed."));
    }

    private void Put(PutBatch put)
    {
        _inFlight.Add(put);
        _statistics.Begun(put.RecordCount, put.Bytes);
        put.PutAt = _time.GetTimestamp();
        put.Span = PutSpans.Begin(_spec, put);
        put.Put(_sink, _cancel.Token);
    }

    private void TakeResults()
    {
        if (_inFlight.Count == 0)
            return;
        var left = 0;
        for (var i = 0; i < _inFlight.Count; i++)
        {
            var put = _inFlight[i];
            if (!put.IsSettled)
            {
                _inFlight[left++] = put;
                continue;
            }

            _statistics.Ended(put.RecordCount, put.Bytes, _time.GetElapsedTime(put.PutAt));
            var error = put.TakeResult();
            PutSpans.End(put.Span, error);
            put.Span = null;
            if (error is not null)
                Judge(put, error);
            else
                Accept(put, countDelivered: true);
        }

        _inFlight.RemoveRange(left, _inFlight.Count - left);
        if (_inFlight.Count == 0 && _failed.Count > 0)
            PutFailedAgain();
    }

    private void Accept(PutBatch put, bool countDelivered)
    {
        if (countDelivered)
        {
            Volatile.Write(ref _delivered, _delivered + put.RecordCount - put.Reported);
            Acknowledged(put, put.Bytes);
        }

        put.Settle();
        Recycle(put);
    }

    /// <summary>The destination has accepted the records of a put.</summary>
    private void Acknowledged(PutBatch put, long bytes)
    {
        var now = _time.GetUtcNow();
        Volatile.Write(ref _lastAcknowledgement, now.Ticks);
        _statistics.Delivered(put.Records, bytes, now);
    }

    /// <summary>The destination has accepted those records of a put that did not fail.</summary>
    private void Acknowledged(PutBatch put, RecordsFailedException error)
    {
        var accepted = put.RecordCount - error.Failures.Count;
        var now = _time.GetUtcNow();
        Volatile.Write(ref _lastAcknowledgement, now.Ticks);
        // A share of the bytes: single records' sizes are not known any more.
        var bytes = put.Bytes * accepted / put.RecordCount;
        var from = 0;
        foreach (var failure in error.Failures)
        {
            _statistics.Delivered(put.Records[from..failure.Index], bytes: 0, now);
            from = failure.Index + 1;
        }

        _statistics.Delivered(put.Records[from..], bytes, now);
    }

    private void Recycle(PutBatch put)
    {
        put.Reset();
        if (_idle.Count < _maxInFlight)
            _idle.Push(put);
    }

    private void Judge(PutBatch put, Exception error)
    {
        if (error is not OperationCanceledException || !_cancel.IsCancellationRequested)
            _statistics.Failed(error);
        switch (error)
        {
            case RecordsFailedException partial:
                JudgeRecords(put, partial);
                break;
            case RetriableException retriable:
                _errors.Counters.Failed();
                Retry(put, retriable, retriable.RetryAfter);
                break;
            default:
                _failed.Add(put);
                if (!_cancel.IsCancellationRequested)
                    Fault(error);
                break;
        }
    }

    private void JudgeRecords(PutBatch put, RecordsFailedException error)
    {
        var again = new List<int>();
        var last = -1;
        Exception? fatal = null;
        foreach (var failure in error.Failures)
        {
            if (failure.Index <= last || failure.Index >= put.RecordCount)
            {
                _failed.Add(put);
                Fault(new ConnectException(
                    $"{_sink.GetType().FullName} reported the failure of record {failure.Index} of {put.RecordCount}, "
                    + $"behind record {last}: indexes must rise and lie in the batch.",
                    error));
                return;
            }

            last = failure.Index;
            _errors.Counters.Failed();
            if (failure.CanRetry || fatal is not null)
            {
                again.Add(failure.Index);
                continue;
            }

            ref readonly var part = ref put.PartOf(failure.Index);
            if (!part.TryFind(put.Records[failure.Index].Offset, out var record))
                throw new InvalidOperationException($"Offset {put.Records[failure.Index].Offset} was not read in this batch.");
            fatal = Judge(RecordError.OfPut(_sink.GetType(), failure.Error), part, record);
            if (fatal is null)
                Volatile.Write(ref _skipped, _skipped + 1);
            else
                again.Add(failure.Index);
        }

        Volatile.Write(ref _delivered, _delivered + put.RecordCount - error.Failures.Count);
        if (put.RecordCount > error.Failures.Count)
            Acknowledged(put, error);
        if (fatal is not null)
        {
            // What was delivered before the record is not to be delivered again when the task comes back.
            put.GiveUp(CollectionsMarshal.AsSpan(again));
            _failed.Add(put);
            Fault(fatal);
            return;
        }

        put.Keep(CollectionsMarshal.AsSpan(again));
        if (again.Count > 0 && error.Failures.All(static failure => failure.Error is NotSentException))
            _failed.Add(put); // the put with the record at fault tells what it is
        else if (again.Count > 0)
            Retry(put, error, error.RetryAfter);
        else
            Accept(put, countDelivered: false);
    }

    private void Retry(PutBatch put, ConnectException error, TimeSpan? asked)
    {
        _failed.Add(put);
        if (Delay(put, _errors.Puts, error, asked) is { } delay)
        {
            _statistics.Retried(error);
            _errors.Counters.Retried();
            _delay = delay > _delay ? delay : _delay;
            Log.PutFailed(_logger, _spec.Connector, _spec.Task, put.Failures, delay, _errors.Redact(error.Message));
        }
        else
        {
            Fault(new ConnectException(
                $"The destination did not accept a batch, and errors.retry.timeout ({Describe(_errors.Puts.Timeout)}) is over: "
                + error.Message,
                error));
        }
    }

    private TimeSpan? Delay(PutBatch put, RetrySchedule schedule, Exception? error, TimeSpan? asked = null)
    {
        if (++put.Failures == 1)
            put.FirstFailure = _time.GetTimestamp();
        asked ??= (error as RetriableException)?.RetryAfter;
        return schedule.Next(put.Failures, _time.GetElapsedTime(put.FirstFailure), asked, Random.Shared);
    }

    private static string Describe(TimeSpan time)
        => FormattableString.Invariant($"{time.TotalMilliseconds:0} ms");

    /// <summary>All puts have ended: those that failed come first when the delay is over.</summary>
    private void PutFailedAgain()
    {
        if (_fault is not null || _cancel.IsCancellationRequested)
            return;
        foreach (var put in _again)
            _failed.Add(put);
        _again.Clear();
        foreach (var put in _failed.OrderBy(static put => put.Number))
        {
            if (put.RemoveRevoked(isComplete: true))
                _again.Enqueue(put);
            else
                Recycle(put);
        }

        _failed.Clear();
        _notBefore = After(_delay);
        _delay = TimeSpan.Zero;
    }

    private long After(TimeSpan delay) => _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);

    private void Fault(Exception error)
    {
        if (_fault is not null)
            return;
        _fault = error;
        _faultedAt = _time.GetTimestamp();
        _statistics.Failed(error);
    }

    private void Clean()
    {
        _timer.Dispose();
        lock (_postLock)
        {
            _hasEnded = true;
            RunPosted();
            while (_commands.TryDequeue(out var command))
                command.TrySetException(new ConnectException($"{_spec} has been stopped."));
        }

        foreach (var put in _inFlight)
        {
            if (put.TryAbandon())
                continue;
            _ = put.TakeResult();
            put.Release();
        }

        foreach (var put in _failed.Concat(_again))
            put.Release();
        _assembling?.Release();
        _undeliverable?.Release();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "{Connector}-{Task}: the destination did not accept a batch (failure {Failures}); trying again in {Delay}: {Error}")]
        public static partial void PutFailed(
            ILogger logger, string connector, int task, int failures, TimeSpan delay, string error);

#pragma warning disable SYSLIB1015 // fields of the log; the error has them in its text
        [LoggerMessage(2, LogLevel.Error, "{Connector}-{Task}: {Error}")]
        public static partial void DeadLetterFailed(
            ILogger logger, string connector, int task, string error, string topic, int partition, long offset);
#pragma warning restore SYSLIB1015
    }
}
