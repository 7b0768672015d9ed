using System.Threading.Tasks.Sources;

namespace Exports.Pipeline;

/// <summary>
/// Wakes one waiter. A signal given while nobody waits is kept, and any number of them count as one. Waiting allocates
/// nothing.
/// </summary>
internal sealed class Signal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signaled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Wakes the waiter, or the next one. Callable from any thread.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signaled) == Waiting)
            _core.SetResult(true);
    }

    /// <summary>Completes at the next signal, or at once when there was one. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signaled) == Signaled)
            return ValueTask.CompletedTask;
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
            return new ValueTask(this, _core.Version);
        Interlocked.Exchange(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        // The signals that came until now count as this one.
        Interlocked.Exchange(ref _state, Idle);
        _core.GetResult(token);
    }
}
