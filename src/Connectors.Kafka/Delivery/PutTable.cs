using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>
/// The batches on their way, in the order in which they came. Guarded by the writer's lock, except for <see cref="At"/>.
/// </summary>
internal sealed class PutTable
{
    private readonly List<PendingPut> _pending = [];
    private readonly Stack<PendingPut> _free = [];
    private readonly Action<PendingPut> _release;
    private PendingPut[] _slots = [];

    /// <param name="release">Takes a put whose result has been seen; gives it to <see cref="Release"/>, under the lock.</param>
    public PutTable(Action<PendingPut> release) => _release = release;

    public bool IsEmpty => _pending.Count == 0;

    /// <summary>The batch that came first.</summary>
    public PendingPut Oldest => _pending[0];

    public IReadOnlyList<PendingPut> All => _pending;

    /// <summary>The first batch of which something has not been sent.</summary>
    public PendingPut? Unsent => _pending.Find(static put => put.Next < put.Count);

    public PendingPut Add(SinkBatch batch, long timestamp)
    {
        if (!_free.TryPop(out var put))
        {
            put = new PendingPut(_slots.Length, _release);
            Volatile.Write(ref _slots, [.. _slots, put]);
        }

        put.Start(batch, timestamp);
        _pending.Add(put);
        return put;
    }

    /// <summary>The put of a slot, for any thread.</summary>
    public PendingPut At(int slot) => Volatile.Read(ref _slots)[slot];

    public void Remove(PendingPut put) => _pending.Remove(put);

    /// <summary>Removes all.</summary>
    public PendingPut[] TakeAll()
    {
        PendingPut[] puts = [.. _pending];
        _pending.Clear();
        return puts;
    }

    /// <summary>Lets a put be used again.</summary>
    public void Release(PendingPut put) => _free.Push(put);
}
