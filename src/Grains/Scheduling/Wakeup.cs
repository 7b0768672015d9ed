namespace Exports.Grains;

/// <summary>
/// What a background loop sleeps on: until somebody calls <see cref="Set"/>, from any thread, or its time is over. A call
/// while the loop is awake is not lost. One waiter at a time.
/// </summary>
internal sealed class Wakeup : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private TaskCompletionSource? _waiter;
    private bool _set;

    public Wakeup(TimeProvider time) =>
        _timer = time.CreateTimer(static self => ((Wakeup)self!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Wakes the waiter, or the next one at once.</summary>
    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _set = waiter is null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>Completes after a <see cref="Set"/>, or after the time; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public Task WaitAsync(TimeSpan atMost)
    {
        lock (_lock)
        {
            if (_set)
            {
                _set = false;
                return Task.CompletedTask;
            }

            _waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _timer.Change(atMost, Timeout.InfiniteTimeSpan);
            return _waiter.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
