namespace Orleans.Runtime;

/// <summary>Starts things that outlive their starter, and so inherit nothing of its execution context.</summary>
internal static class Detached
{
    /// <summary>A timer that is not yet set.</summary>
    public static ITimer CreateTimer(TimeProvider timeProvider, TimerCallback callback, object state) =>
        Start(() => timeProvider.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));

    /// <summary>A task that is not yet started.</summary>
    public static Task CreateTask(Action<object?> action, object? state) =>
        Start(() => new Task(action, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach));

    private static T Start<T>(Func<T> start)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return start();

        using var _ = ExecutionContext.SuppressFlow();
        return start();
    }
}
