using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <content>Time limits, failures, and the way from one producer to the next.</content>
internal sealed partial class OrderedWriter
{
    /// <summary>
    /// The session's thread has failed, by a defect of ours: keeps everybody from using its producer, which is about to be
    /// closed.
    /// </summary>
    public void OnBreaking(ProducerSession session)
    {
        lock (_lock)
        {
            if (_session == session)
                _session = null;
            _state = State.Draining;
        }

        while (Volatile.Read(ref _pumping))
            Thread.Sleep(1);
    }

    /// <summary>The producer is closed, and has let go of all memory: nobody must wait for it.</summary>
    public void OnBroken(Exception exception)
    {
        PendingPut[] puts;
        lock (_lock)
        {
            puts = _puts.TakeAll();
            _state = State.Open;
            _failure = null;
        }

        foreach (var put in puts)
            put.Fail(Defect(exception));
    }

    /// <summary>Looks after a session between its events. Called by the session's thread.</summary>
    /// <returns>How long to wait for the next event, in milliseconds; −1 when the session is over.</returns>
    public int Supervise(ProducerSession session)
    {
        if (_waiting)
        {
            _waiting = false;
            Pump();
        }

        lock (_lock)
        {
            if (_state == State.Open)
                return SuperviseOpen(session);
            if (_pumping || session.Outstanding > 0)
            {
                // Again and again, because what is repeated goes back into the queue.
                session.Producer.Purge(_failure!.AtOnce || _time.GetElapsedTime(_drainStarted) > s_grace);
                return DrainPollMilliseconds;
            }
        }

        Drained(session);
        return -1;
    }

    private int SuperviseOpen(ProducerSession session)
    {
        if (!_puts.IsEmpty)
        {
            var oldest = _puts.Oldest;
            if (IsLate(oldest))
                Fail(session, TimedOut(oldest));
            return BusyPollMilliseconds;
        }

        if (_pumping || (!_closing && _time.GetElapsedTime(_lastActivity) < s_idleTime))
            return IdlePollMilliseconds;
        _session = null;
        Log.Closed(_logger);
        return -1;
    }

    /// <summary>Stops producing, and has the producer give up what it holds.</summary>
    private void Fail(ProducerSession session, DeliveryFailure failure)
    {
        lock (_lock)
        {
            if (_session != session)
                return;
            _failure = DeliveryFailure.Worse(_failure, failure);
            StartDraining();
        }
    }

    private void StartDraining()
    {
        if (_state != State.Draining)
        {
            _state = State.Draining;
            _drainStarted = _time.GetTimestamp();
        }

        // Under the lock, and so before anybody closes it.
        _session!.Producer.Purge(_failure!.AtOnce);
        _session.Producer.Wake();
    }

    /// <summary>Everything has been reported: goes on with a new producer, or gives up. Called by the session's thread.</summary>
    private void Drained(ProducerSession session)
    {
        DeliveryFailure failure;
        TimeSpan pause;
        lock (_lock)
        {
            failure = _failure!;
            _session = null;
            _setIsShrunk = false;
            foreach (var put in _puts.All)
                put.Next = put.NextUndecided(0);
            if (session.HasDelivered || _madeProgress)
                _setbacks = 0;
            _madeProgress = false;
            pause = _setbacks == 0 ? TimeSpan.Zero : s_firstSetback * Math.Pow(2, Math.Min(_setbacks - 1, 10));
            _setbacks++;
            if (failure.Action != FailureAction.GiveUp)
                _failure = null;
        }

        if (failure.Missing is { } missing)
        {
            var count = session.Producer.PartitionCount(session.Producer.Topic(missing.Topic), 5000);
            failure = failure with { Error = missing.ToException(count) };
        }

        if (failure.Action != FailureAction.GiveUp)
        {
            Log.SendingAgain(_logger, failure.Error.Message);
            failure = Pause(pause < s_longestSetback ? pause : s_longestSetback) ?? failure;
        }

        PendingPut[] puts = [];
        lock (_lock)
        {
            if (failure.Action == FailureAction.GiveUp)
            {
                if (failure.Error is RetriableException)
                {
                    foreach (var put in _puts.All)
                        _guard.Expect(put.Batch);
                }

                puts = _puts.TakeAll();
                _failure = null;
            }

            _state = State.Open;
        }

        foreach (var put in puts)
            put.Fail(failure.Error);
        Pump();
    }

    /// <summary>Waits before the next producer is opened.</summary>
    /// <returns>A failure that came meanwhile.</returns>
    private DeliveryFailure? Pause(TimeSpan pause)
    {
        var begun = _time.GetTimestamp();
        while (true)
        {
            lock (_lock)
            {
                _nudge.Reset();
                if (_failure is not null)
                    return _failure;
                if (!_puts.IsEmpty && IsLate(_puts.Oldest))
                    return TimedOut(_puts.Oldest);
            }

            var left = pause - _time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
                return null;
            _nudge.Wait(left < TimeSpan.FromMilliseconds(BusyPollMilliseconds)
                ? left
                : TimeSpan.FromMilliseconds(BusyPollMilliseconds));
        }
    }

    private static ConnectException Defect(Exception exception)
        => new($"Writing to the target cluster broke down: {exception.Message}", exception);

    private bool IsLate(PendingPut put)
        => _config.DeliveryTimeout != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(put.Started) > _config.DeliveryTimeout;

    private DeliveryFailure TimedOut(PendingPut put)
        => DeliveryFailure.TimedOut(_config.DeliveryTimeout, put.UndecidedCount, put.Count, _lastError);
}
