namespace Exports.Pipeline;

/// <summary>
/// The bytes that all tasks of the worker together hold, read and not yet acknowledged. While there is room, only a
/// task's own limit counts. When the room is used up, every task that holds something is entitled to an equal share: a
/// task above its share takes nothing more, and gives back what waits in its inbox, which is read again later.
/// </summary>
internal sealed class BufferBudget(long limit, long taskLimit)
{
    /// <summary>How much a task may take that holds nothing, however full the worker is: so each of them moves on.</summary>
    public const long Foothold = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<Inbox> _inboxes = [];
    private long _used;
    private int _holders;

    public long TaskLimit { get; } = taskLimit;

    public long Used => Volatile.Read(ref _used);

    public bool IsExhausted => Used >= limit;

    /// <summary>What a task may hold now.</summary>
    public long Share => IsExhausted
        ? Math.Min(TaskLimit, Math.Max(limit / Math.Max(1, Volatile.Read(ref _holders)), Foothold))
        : TaskLimit;

    public void Register(Inbox inbox)
    {
        lock (_lock)
            _inboxes.Add(inbox);
    }

    public void Unregister(Inbox inbox)
    {
        lock (_lock)
            _inboxes.Remove(inbox);
    }

    /// <summary>A task's holdings have changed.</summary>
    public void Add(long bytes, bool startsToHold)
    {
        Interlocked.Add(ref _used, bytes);
        if (startsToHold)
            Interlocked.Increment(ref _holders);
    }

    /// <inheritdoc cref="Add"/>
    public void Subtract(long bytes, bool ceasesToHold)
    {
        Interlocked.Add(ref _used, -bytes);
        if (ceasesToHold)
            Interlocked.Decrement(ref _holders);
    }

    /// <summary>Takes back what waits at tasks above their share. Holds no inbox's lock when called.</summary>
    public void Reclaim()
    {
        Inbox[] inboxes;
        lock (_lock)
            inboxes = [.. _inboxes];
        foreach (var inbox in inboxes)
        {
            if (!IsExhausted)
                return;
            if (inbox.Used > Share)
                inbox.GiveBack(Share);
        }
    }
}
