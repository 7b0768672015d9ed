namespace Exports.Connectors.Sdk;

/// <summary>
/// The records with one key that wait, in order; or records whose order does not matter. Guarded by the delivery's lock.
/// </summary>
internal sealed class KeyQueue
{
    private EntryRef _head;
    private EntryRef _tail;

    /// <summary>The key's hash; null for records without order: such a queue may have several requests under way.</summary>
    public long? Key { get; set; }

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public EntryRef Head => _head;

    public QueueState State { get; set; }

    /// <summary>Changes with every change of state, so that what was said of an earlier one is known to be stale.</summary>
    public int Version { get; set; }

    public void Append(EntryRef entry)
    {
        entry.Entry.Next = default;
        if (Count == 0)
            _head = entry;
        else
            _tail.Entry.Next = entry;
        _tail = entry;
        Count++;
        Bytes += entry.Entry.Item.Bytes;
    }

    public void Prepend(EntryRef entry)
    {
        entry.Entry.Next = _head;
        if (Count == 0)
            _tail = entry;
        _head = entry;
        Count++;
        Bytes += entry.Entry.Item.Bytes;
    }

    public EntryRef Take()
    {
        var entry = _head;
        _head = entry.Entry.Next;
        entry.Entry.Next = default;
        Count--;
        Bytes -= entry.Entry.Item.Bytes;
        if (Count == 0)
            _tail = default;
        return entry;
    }
}
