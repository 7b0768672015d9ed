using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>A timer whose ticks are requests of its activation. One tick at a time: the next is set when it has ended.</summary>
internal sealed partial class GrainTimer : GrainRequest, IGrainTimer
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly ITimer _timer;
    private TimeSpan _next = Timeout.InfiniteTimeSpan;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _ticking;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, options.Period);
        _activation = activation;
        _callback = callback;
        IsAlwaysInterleave = options.Interleave;
        IsKeepAlive = options.KeepAlive;
        _timer = Detached.CreateTimer(activation.Silo.TimeProvider, static timer => ((GrainTimer)timer!).Tick(), this);
    }

    public override bool IsAlwaysInterleave { get; }

    public override bool IsReadOnly => false;

    public override bool IsKeepAlive { get; }

    public override bool IsLocal => true;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, period);
        lock (_lock)
        {
            _period = period;
            _next = dueTime;
            if (!_ticking && !_disposed.IsCancellationRequested)
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed.IsCancellationRequested)
                return;

            _timer.Dispose();
        }

        try
        {
            _disposed.Cancel();
        }
        catch (AggregateException exception)
        {
            Log.Failed(_activation.Silo.Logger, exception, _activation.GrainId);
        }

        _activation.Remove(this);
    }

    public override async Task InvokeAsync(Activation activation)
    {
        try
        {
            if (_disposed.IsCancellationRequested)
                return;

            lock (_lock)
                _next = _period;

            await _callback(_disposed.Token);
        }
        catch (Exception exception)
        {
            Log.Failed(activation.Silo.Logger, exception, activation.GrainId);
        }
        finally
        {
            lock (_lock)
            {
                _ticking = false;
                if (!_disposed.IsCancellationRequested)
                    _timer.Change(_next, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public override void Reject(Exception exception)
    {
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (_ticking || _disposed.IsCancellationRequested)
                return;

            _ticking = true;
        }

        _activation.TryReceive(this);
    }

    private static void Check(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));

        static void Check(TimeSpan value, string name)
        {
            var milliseconds = (long)value.TotalMilliseconds;
            if (milliseconds is < -1 or > 0xfffffffe)
            {
                throw new ArgumentOutOfRangeException(
                    name, value, "Allowed: zero to 4,294,967,294 ms, or Timeout.InfiniteTimeSpan for never.");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A timer's callback of {Grain} failed; the timer goes on.")]
        public static partial void Failed(ILogger logger, Exception exception, GrainId grain);
    }
}
