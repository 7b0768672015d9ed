namespace Orleans.Runtime;

/// <summary>
/// Runs the code of one activation turn by turn: never two tasks at once, on whichever pool thread is free. What code that
/// runs here awaits comes back here, unless it says ConfigureAwait(false).
/// </summary>
internal sealed class TurnScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>After this time an activation with more to do goes to the end of the pool's queue.</summary>
    private const long QuantumMilliseconds = 100;

    private readonly Queue<Task> _tasks = new(1);
    private bool _scheduled;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Starts work here that inherits nothing of the caller's execution context.</summary>
    public void Post(Action<object?> action, object? state) => Detached.CreateTask(action, state).Start(this);

    void IThreadPoolWorkItem.Execute()
    {
        RuntimeContext.Current = activation;
        try
        {
            var start = Environment.TickCount64;
            do
            {
                Task? task;
                lock (_tasks)
                {
                    if (!_tasks.TryDequeue(out task))
                    {
                        _scheduled = false;
                        return;
                    }
                }

                TryExecuteTask(task);
            }
            while (Environment.TickCount64 - start < QuantumMilliseconds);
        }
        finally
        {
            RuntimeContext.Current = null;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            _tasks.Enqueue(task);
            if (_scheduled)
                return;

            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, activation) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
            return _tasks.ToArray();
    }
}
