namespace Exports.Connectors.Sdk;

/// <summary>
/// Gets puts, cuts their records into requests, and has these sent: as many at once as the destination bears, each key's
/// records in order, and again what was not accepted. A put completes when each of its records is accepted or refused for good.
/// </summary>
/// <remarks>
/// Records wait in queues, one for each key that has any, and one for those without order. A queue is in one place at a
/// time (<see cref="QueueState"/>): in the line of those to be sent, waiting for a time, or in flight. So that a key has one
/// request under way, its queue leaves the line when something of it is sent, and comes back when that is accepted. One lock
/// guards everything; records are encoded and sent outside of it.
/// </remarks>
internal sealed class RequestDelivery : IDisposable
{
    /// <summary>Makes a record ready to be sent, and says what it weighs and what it is ordered by.</summary>
    internal delegate RequestItem Preparing(ref SinkRecord record);

    private static readonly RequestItem s_refused = new(-1, null);
    private static readonly TimeSpan s_defaultRetryTimeout = TimeSpan.FromMinutes(5);

    // Longer ones would spare the destination nothing, since the window limits how much is sent; and records would be late.
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(5);

    private readonly RequestOptions _options;
    private readonly int _maxPuts;
    private readonly Preparing _prepare;
    private readonly Func<SinkBatch, CancellationToken, ValueTask> _send;
    private readonly TimeProvider _time;
    private readonly bool _toleratesErrors;
    private readonly RetryDelays _delays;
    private readonly TimeSpan _retryTimeout;
    private readonly RetryLog _log;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _lock = new();
    private readonly SendWindow _window;
    private readonly Dictionary<long, KeyQueue> _keys = [];
    private readonly Stack<KeyQueue> _spareQueues = [];
    private readonly Stack<SinkRequest> _spareRequests = [];
    private readonly Queue<KeyQueue> _ready = [];
    private readonly PriorityQueue<(KeyQueue Queue, int Version), long> _waiting = new();
    private readonly HashSet<PendingPut> _puts = [];
    private KeyQueue? _unordered;
    private CancellationToken _stopping;
    private bool _isRefusing; // a record was refused, which fails the task: no further put is taken
    private bool _isHalted; // one that was sent, so that nothing is sent any more
    private Exception? _fatal;
    private bool _isDraining;
    private int _readyRecords;
    private long _readyBytes;
    private int _requests;
    private long _recordsUnderWay;
    private long _bytesUnderWay;
    private long _nextNumber = 1;
    private long _pausedUntil;
    private long _alarm = long.MaxValue;

    public RequestDelivery(
        RequestOptions options,
        int maxPuts,
        Preparing prepare,
        Func<SinkBatch, CancellationToken, ValueTask> send,
        SinkTaskContext context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxRecords, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInFlight, 1);
        _options = options;
        _maxPuts = maxPuts;
        _prepare = prepare;
        _send = send;
        _time = context.Time;
        _toleratesErrors = context.ToleratesErrors;
        var longest = s_longestDelay < context.RetryDelayMax ? s_longestDelay : context.RetryDelayMax;
        _delays = new RetryDelays(longest, Random.Shared);
        _retryTimeout = context.RetryTimeout ?? options.RetryTimeout ?? s_defaultRetryTimeout;
        RetryTimeoutKey = context.RetryTimeout is null ? options.RetryTimeoutKey : "errors.retry.timeout";
        _log = new RetryLog(context);
        _window = new SendWindow(options.MaxInFlight, longest, Random.Shared);
        _timer = _time.CreateTimer(
            static delivery => ((RequestDelivery)delivery!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private string RetryTimeoutKey { get; }

    /// <inheritdoc cref="SinkTask.PutAsync"/>
    public ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        // All puts of a task come with the same token.
        if (cancellationToken.CanBeCanceled && _stopping != cancellationToken)
        {
            _stopping = cancellationToken;
            cancellationToken.UnsafeRegister(static delivery => ((RequestDelivery)delivery!).Cancel(), this);
        }

        var put = new PendingPut(batch, _time.GetTimestamp());
        var end = put.Count;
        for (var i = 0; i < end; i++)
        {
            try
            {
                put.Entry(i).Item = _prepare(ref put.Record(i));
            }
            catch (DataException e)
            {
                put.Settle(i, e);
                put.Entry(i).Item = s_refused;
                if (_toleratesErrors)
                    continue;
                // What comes before it is still delivered, and nothing behind it.
                put.GiveUp(i + 1);
                end = i;
            }
        }

        Exception? fatal;
        bool isDone;
        lock (_lock)
        {
            fatal = _fatal;
            if (_isRefusing)
                put.GiveUp(0);
            isDone = put.Unsettled == 0;
            if (fatal is null && !isDone)
            {
                _isDraining = false;
                _puts.Add(put);
                for (var i = 0; i < end; i++)
                {
                    if (put.Entry(i).Item != s_refused)
                        Enqueue(new EntryRef(put, i));
                }
            }

            if (end < put.Count)
                Refuse();
        }

        var completion = new ValueTask(put.Completion);
        if (fatal is not null || isDone)
            put.Complete(fatal);
        else
            Pump();
        return completion;
    }

    /// <inheritdoc cref="SinkTask.Drain"/>
    public void Drain()
    {
        lock (_lock)
        {
            if (_isDraining)
                return;
            StopLingering();
        }

        Pump();
    }

    public void Dispose()
    {
        Cancel();
        _timer.Dispose();
    }

    private void Cancel()
    {
        lock (_lock)
            _fatal ??= new OperationCanceledException("The task is being stopped.");
        _cancel.Cancel();
        Pump();
    }

    /// <summary>A record was refused where errors are not tolerated: takes no further put, and waits for no further record.</summary>
    private void Refuse()
    {
        _isRefusing = true;
        StopLingering();
    }

    private void StopLingering()
    {
        _isDraining = true;
        foreach (var ((queue, version), _) in _waiting.UnorderedItems)
        {
            if (queue.Version == version && queue.State == QueueState.Lingering)
                MakeReady(queue);
        }
    }

    private void OnTime()
    {
        lock (_lock)
            _alarm = long.MaxValue;
        Pump();
    }

    /// <summary>Sends what may be sent, and completes what is done.</summary>
    private void Pump()
    {
        List<PendingPut>? done = null;
        while (true)
        {
            SinkRequest? request;
            Exception? fatal;
            lock (_lock)
            {
                request = Next(ref done);
                fatal = _fatal;
                if ((fatal is not null || _isHalted) && _requests == 0 && _puts.Count > 0)
                {
                    foreach (var put in fatal is null ? _puts : [])
                        put.GiveUp(0);
                    (done ??= []).AddRange(_puts);
                    _puts.Clear();
                    ForgetAll();
                }
            }

            if (done is not null)
            {
                foreach (var put in done)
                    put.Complete(fatal);
                done = null;
            }

            if (request is null)
                return;
            Send(request);
        }
    }

    private void Send(SinkRequest request)
    {
        try
        {
            if (request.Await(_send(request, _cancel.Token)))
                return;
        }
#pragma warning disable CA1031 // it is judged
        catch (Exception e)
#pragma warning restore CA1031
        {
            Settle(request, e);
            return;
        }

        Settle(request, request.TakeResult());
    }

    private void OnSent(SinkRequest request)
    {
        Settle(request, request.TakeResult());
        Pump();
    }

    // --- queues, all of it under the lock -----------------------------------------------------------------------------

    private void Enqueue(EntryRef entry)
    {
        var queue = QueueOf(_options.Order == RequestOrder.None ? null : entry.Entry.Item.Key);
        queue.Append(entry);
        switch (queue.State)
        {
            case QueueState.Empty:
                Line(queue);
                break;
            case QueueState.Ready when Weighs(queue):
                _readyRecords++;
                _readyBytes += entry.Entry.Item.Bytes;
                break;
            case QueueState.Lingering when IsFull(queue):
                MakeReady(queue);
                break;
            default:
                break;
        }
    }

    private KeyQueue QueueOf(long? key)
    {
        if (key is not { } hash)
            return _unordered ??= NewQueue(null);
        if (!_keys.TryGetValue(hash, out var queue))
            _keys.Add(hash, queue = NewQueue(hash));
        return queue;
    }

    private KeyQueue NewQueue(long? key)
    {
        var queue = _spareQueues.TryPop(out var spare) ? spare : new KeyQueue();
        queue.Key = key;
        return queue;
    }

    /// <summary>Puts a queue that has records in the line, or lets it wait for more of its key.</summary>
    private void Line(KeyQueue queue)
    {
        if (_options.Order == RequestOrder.OneKeyARequest && _options.Linger > TimeSpan.Zero && !_isDraining && !IsFull(queue))
        {
            var due = queue.Head.Put!.PutAt + Ticks(_options.Linger);
            if (due > _time.GetTimestamp())
            {
                Wait(queue, QueueState.Lingering, due);
                return;
            }
        }

        MakeReady(queue);
    }

    private void MakeReady(KeyQueue queue)
    {
        Turn(queue, QueueState.Ready);
        _ready.Enqueue(queue);
        CountReady(queue, 1);
    }

    private void Wait(KeyQueue queue, QueueState state, long due)
    {
        Turn(queue, state);
        _waiting.Enqueue((queue, queue.Version), due);
    }

    private void Release(KeyQueue queue)
    {
        if (queue.Key is { } key)
            _keys.Remove(key);
        else if (queue == _unordered)
            _unordered = null;
        Turn(queue, QueueState.Empty);
        _spareQueues.Push(queue);
    }

    private static void Turn(KeyQueue queue, QueueState state)
    {
        queue.State = state;
        queue.Version++;
    }

    /// <summary>Whether all records of a queue in the line can be sent now, not only its first.</summary>
    private bool Weighs(KeyQueue queue) => queue.Key is null || _options.Order != RequestOrder.SingleRecords;

    private void CountReady(KeyQueue queue, int sign)
    {
        _readyRecords += sign * (Weighs(queue) ? queue.Count : 1);
        _readyBytes += sign * (Weighs(queue) ? queue.Bytes : queue.Head.Entry.Item.Bytes);
    }

    private bool IsFull(KeyQueue queue) => queue.Count >= _options.MaxRecords || queue.Bytes >= _options.MaxBytes;

    private void ForgetAll()
    {
        _ready.Clear();
        _waiting.Clear();
        _keys.Clear();
        _unordered = null;
        _readyRecords = 0;
        _readyBytes = 0;
    }

    // --- the next request, under the lock -----------------------------------------------------------------------------

    /// <summary>The next request, or null when none may be sent now; then the timer is set where time alone will change that.</summary>
    private SinkRequest? Next(ref List<PendingPut>? done)
    {
        if (_fatal is not null || _isHalted)
            return null;
        var now = _time.GetTimestamp();
        while (_waiting.TryPeek(out var waiting, out var due) && (due <= now || waiting.Queue.Version != waiting.Version))
        {
            _waiting.Dequeue();
            if (waiting.Queue.Version == waiting.Version)
                MakeReady(waiting.Queue);
        }

        var alarm = _waiting.TryPeek(out _, out var next) ? next : long.MaxValue;
        SinkRequest? request = null;
        if (_requests < _window.Size && _ready.Count > 0)
        {
            if (now < _pausedUntil)
                alarm = Math.Min(alarm, _pausedUntil);
            else if (LingersUntil(now) is { } due)
                alarm = Math.Min(alarm, due);
            else
                request = Cut(now, ref done);
        }

        if (request is null && alarm < _alarm)
        {
            _alarm = alarm;
            // Rounded up: a timer that fires early would have to be set again.
            var left = _time.GetElapsedTime(now, alarm) + TimeSpan.FromMilliseconds(1);
            _timer.Change(left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
        }

        return request;
    }

    /// <summary>Until when to wait for more records, or null when it is time to send.</summary>
    private long? LingersUntil(long now)
    {
        // Under OneKeyARequest each queue has lingered before it came into the line.
        if (_options.Linger <= TimeSpan.Zero || _options.Order == RequestOrder.OneKeyARequest || _isDraining
            || _puts.Count >= _maxPuts || _readyRecords >= _options.MaxRecords || _readyBytes >= _options.MaxBytes)
        {
            return null;
        }

        var due = _ready.Peek().Head.Put!.PutAt + Ticks(_options.Linger);
        return due > now ? due : null;
    }

    private SinkRequest? Cut(long now, ref List<PendingPut>? done)
    {
        var request = _spareRequests.TryPop(out var spare) ? spare : new SinkRequest(OnSent);
        request.Room = _options.MaxRecords;
        while (_ready.TryPeek(out var queue))
        {
            CountReady(queue, -1);
            var taken = Take(queue, request, now, ref done);
            if (queue.Count > 0 && !taken)
            {
                // Its first record does not fit: it comes first in the next request.
                CountReady(queue, 1);
                break;
            }

            _ready.Dequeue();
            // Records without order are on their own from here; their queue does not wait for them.
            if (taken)
                request.Runs.Add((queue.Key is null ? null : queue, request.RecordCount));
            if (taken && queue.Key is not null)
                Turn(queue, QueueState.InFlight);
            else if (queue.Count > 0)
                MakeReady(queue);
            else
                Release(queue);
            if (_isHalted || request.RecordCount >= request.Room || (taken && _options.Order == RequestOrder.OneKeyARequest))
                break;
        }

        if (request.RecordCount == 0)
        {
            _spareRequests.Push(request);
            return null;
        }

        request.Number = _nextNumber++;
        _requests++;
        _recordsUnderWay += request.RecordCount;
        _bytesUnderWay += request.Bytes;
        return request;
    }

    /// <summary>Takes what fits from a queue.</summary>
    /// <returns>Whether anything was taken.</returns>
    private bool Take(KeyQueue queue, SinkRequest request, long now, ref List<PendingPut>? done)
    {
        var most = Weighs(queue) ? int.MaxValue : 1;
        var before = request.RecordCount;
        while (queue.Count > 0 && request.RecordCount - before < most)
        {
            var entry = queue.Head;
            if (_options.TimeToLive is { } life && _time.GetElapsedTime(entry.Put!.PutAt, now) > life)
            {
                queue.Take();
                SettleRecord(entry, Expired(life, entry.Entry.Problem), ref done);
                if (_isHalted)
                    break;
                continue;
            }

            if (!Fits(entry, request))
                break;
            request.Add(queue.Take());
        }

        return request.RecordCount > before;
    }

    private bool Fits(EntryRef entry, SinkRequest request)
    {
        var (records, bytes) = (request.RecordCount, request.Bytes + entry.Entry.Item.Bytes);
        var suspects = entry.Entry.Suspects;
        var room = suspects > 0 ? suspects : _options.MaxRecords;
        if (records > 0)
        {
            // Those among which is one that the destination refuses stay among themselves.
            var isSuspect = request.EntryAt(0).Entry.Suspects > 0;
            if (isSuspect != (suspects > 0) || records >= Math.Min(request.Room, room) || bytes > _options.MaxBytes)
                return false;
        }

        if (_requests > 0 || records > 0)
        {
            if (_recordsUnderWay + records >= (_options.MaxRecordsUnderWay ?? long.MaxValue)
                || _bytesUnderWay + bytes > (_options.MaxBytesUnderWay ?? long.MaxValue))
            {
                return false;
            }
        }

        request.Room = Math.Min(request.Room, room);
        return true;
    }

    // --- what came of a request ---------------------------------------------------------------------------------------

    private void Settle(SinkRequest request, Exception? error)
    {
        List<PendingPut>? done = null;
        lock (_lock)
        {
            _requests--;
            _recordsUnderWay -= request.RecordCount;
            _bytesUnderWay -= request.Bytes;
            var failures = Judge(request, error);
            JudgeWindow(request, error, failures);
            var start = 0;
            var next = 0;
            foreach (var (queue, end) in request.Runs)
            {
                SettleRun(request, queue, start, end, error, failures, ref next, ref done);
                start = end;
            }

            request.Clear();
            _spareRequests.Push(request);
        }

        if (done is not null)
        {
            foreach (var put in done)
                put.Complete(null);
        }
    }

    /// <summary>The failures of single records, where the error is about single records. Sets <see cref="_fatal"/> where it ends everything.</summary>
    private IReadOnlyList<RecordFailure> Judge(SinkRequest request, Exception? error)
    {
        switch (error)
        {
            case null or RetriableException or DataException:
                return [];
            case RecordsFailedException partial:
                var last = -1;
                foreach (var failure in partial.Failures)
                {
                    if (failure.Index <= last || failure.Index >= request.RecordCount)
                    {
                        _fatal ??= new ConnectException(
                            $"The sink reported the failure of record {failure.Index} of {request.RecordCount}, behind record {last}: "
                            + "indexes must rise and lie in the request.",
                            error);
                        return [];
                    }

                    last = failure.Index;
                }

                return partial.Failures;
            default:
                _fatal ??= error;
                return [];
        }
    }

    private void JudgeWindow(SinkRequest request, Exception? error, IReadOnlyList<RecordFailure> failures)
    {
        var pause = TimeSpan.Zero;
        switch (error)
        {
            case null:
                if (_window.Accepted())
                    EndBackOff();
                break;
            case RetriableException retriable:
                pause = _window.Complained(
                    request.Number, _nextNumber, 1, retriable is ThrottledException, retriable.RetryAfter);
                break;
            case RecordsFailedException partial:
                var refused = failures.Count(static failure => failure.CanRetry);
                var isThrottling = failures.Any(static failure => failure.Error is ThrottledException);
                if (refused > 0)
                {
                    pause = _window.Complained(
                        request.Number, _nextNumber, (double)refused / request.RecordCount, isThrottling, partial.RetryAfter);
                }

                break;
            default:
                break;
        }

        if (pause > TimeSpan.Zero)
            _pausedUntil = Math.Max(_pausedUntil, _time.GetTimestamp() + Ticks(pause));
    }

    /// <summary>The destination accepts records again, after a time in which it did not: nobody has to wait any longer.</summary>
    private void EndBackOff()
    {
        _pausedUntil = 0;
        foreach (var ((queue, version), _) in _waiting.UnorderedItems)
        {
            if (queue.Version == version && queue.State == QueueState.BackingOff)
                MakeReady(queue);
        }
    }

    private void SettleRun(
        SinkRequest request,
        KeyQueue? queue,
        int start,
        int end,
        Exception? error,
        IReadOnlyList<RecordFailure> failures,
        ref int next,
        ref List<PendingPut>? done)
    {
        // What is to be sent again, last first, so that it can be put back in order.
        Stack<EntryRef>? again = null;
        var delay = TimeSpan.Zero;
        for (var i = start; i < end; i++)
        {
            var entry = request.EntryAt(i);
            var failure = error;
            var canRetry = error is not null;
            TimeSpan? asked = (error as RetriableException)?.RetryAfter;
            if (error is RecordsFailedException partial && _fatal is null)
            {
                failure = null;
                if (next < failures.Count && failures[next].Index == i)
                {
                    (_, failure, canRetry) = failures[next++];
                    asked = (failure as RetriableException)?.RetryAfter ?? partial.RetryAfter;
                }
            }

            if (failure is null)
            {
                SettleRecord(entry, null, ref done);
                continue;
            }

            var isRefused = error is DataException;
            if (!canRetry || (isRefused && request.RecordCount == 1))
            {
                SettleRecord(entry, failure, ref done);
                continue;
            }

            (again ??= new()).Push(entry);
            if (_fatal is not null)
                continue;
            if (isRefused)
                entry.Entry.Suspects = request.RecordCount / 2;
            else if (Delay(entry, failure, asked) is var wait && wait > delay)
                delay = wait;
        }

        PutBack(queue, again, delay);
    }

    private TimeSpan Delay(EntryRef entry, Exception failure, TimeSpan? asked)
    {
        var now = _time.GetTimestamp();
        ref var state = ref entry.Entry;
        state.Problem = failure;
        if (++state.Failures == 1)
            state.FirstFailure = now;
        var tried = _time.GetElapsedTime(state.FirstFailure, now);
        var left = _retryTimeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : _retryTimeout - tried;
        if (left <= TimeSpan.Zero)
        {
            ref readonly var record = ref entry.Put!.Record(entry.Index);
            _fatal ??= new ConnectException(
                $"The destination did not accept the record of topic {record.Topic}, partition {record.Partition}, offset {record.Offset}, "
                + FormattableString.Invariant($"and {RetryTimeoutKey} ({_retryTimeout.TotalMilliseconds:0} ms) is over: {failure.Message}"),
                failure);
            return TimeSpan.Zero;
        }

        var delay = _delays.Next(state.Failures, asked);
        if (_options.TimeToLive is { } life && _time.GetElapsedTime(entry.Put!.PutAt, now) is var age && age + delay > life)
            delay = life > age ? life - age : TimeSpan.Zero;
        _log.Failed(failure, state.Failures, delay);
        return delay < left ? delay : left;
    }

    private void PutBack(KeyQueue? queue, Stack<EntryRef>? again, TimeSpan delay)
    {
        if (queue is null && again is null)
            return;
        queue ??= NewQueue(null);

        while (again is not null && again.TryPop(out var entry))
            queue.Prepend(entry);
        if (queue.Count == 0)
            Release(queue);
        else if (delay > TimeSpan.Zero)
            Wait(queue, QueueState.BackingOff, _time.GetTimestamp() + Ticks(delay));
        else
            Line(queue);
    }

    private void SettleRecord(EntryRef entry, Exception? error, ref List<PendingPut>? done)
    {
        var put = entry.Put!;
        put.Settle(entry.Index, error);
        if (error is not null && !_toleratesErrors)
        {
            Refuse();
            _isHalted = true;
        }

        if (put.Unsettled == 0 && _puts.Remove(put))
            (done ??= []).Add(put);
    }

    private DataException Expired(TimeSpan life, Exception? problem) => new(
        FormattableString.Invariant(
            $"The destination did not accept the record within {_options.TimeToLiveKey} ({life.TotalMilliseconds:0} ms)")
        + (problem is null ? "." : $": {problem.Message}"),
        problem);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
}
