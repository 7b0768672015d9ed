using System.Buffers;
using System.Runtime.CompilerServices;

namespace Exports.Connectors.Sdk;

/// <summary>What one request holds. Reused. Belongs to the delivery, except while the sink has it.</summary>
internal sealed class SinkRequest : SinkBatch
{
    private readonly Action _onCompleted;
    private SinkRecord[] _records = [];
    private EntryRef[] _entries = [];
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;
    private int _count;
    private long _bytes;

    /// <param name="completed">Called when the sink is done with it and was not so at once.</param>
    public SinkRequest(Action<SinkRequest> completed) => _onCompleted = () => completed(this);

    /// <inheritdoc/>
    public override ReadOnlySpan<SinkRecord> Records => _records.AsSpan(0, _count);

    /// <inheritdoc/>
    public override long Bytes => _bytes;

    public int RecordCount => _count;

    /// <summary>Where the records come from, and which queues they were taken from (null where they have no order), each with the index behind its last one.</summary>
    public List<(KeyQueue? Queue, int End)> Runs { get; } = [];

    /// <summary>Its place in the order of requests.</summary>
    public long Number { get; set; }

    /// <summary>How many records it may hold, given those that it holds.</summary>
    public int Room { get; set; }

    public EntryRef EntryAt(int index) => _entries[index];

    public void Add(EntryRef entry)
    {
        if (_count == _records.Length)
            Grow();
        _records[_count] = entry.Put!.Record(entry.Index);
        _entries[_count++] = entry;
        _bytes += entry.Entry.Item.Bytes;
    }

    /// <summary>Waits for the sink. False when it is done already.</summary>
    public bool Await(ValueTask sending)
    {
        _awaiter = sending.ConfigureAwait(false).GetAwaiter();
        if (_awaiter.IsCompleted)
            return false;
        _awaiter.UnsafeOnCompleted(_onCompleted);
        return true;
    }

    /// <summary>What came of it. Asked once.</summary>
    public Exception? TakeResult()
    {
        try
        {
            _awaiter.GetResult();
            return null;
        }
#pragma warning disable CA1031 // it is judged by the caller
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
        finally
        {
            _awaiter = default;
        }
    }

    /// <summary>Makes it as it was when it was new: an idle task holds no memory.</summary>
    public void Clear()
    {
        Return();
        _records = [];
        _entries = [];
        Runs.Clear();
        _count = 0;
        _bytes = 0;
    }

    private void Grow()
    {
        var records = ArrayPool<SinkRecord>.Shared.Rent(Math.Max(64, _count * 2));
        var entries = ArrayPool<EntryRef>.Shared.Rent(records.Length);
        _records.AsSpan(0, _count).CopyTo(records);
        _entries.AsSpan(0, _count).CopyTo(entries);
        Return();
        _records = records;
        _entries = entries;
    }

    private void Return()
    {
        if (_records.Length == 0)
            return;
        Array.Clear(_records, 0, _count);
        Array.Clear(_entries, 0, _count);
        ArrayPool<SinkRecord>.Shared.Return(_records);
        ArrayPool<EntryRef>.Shared.Return(_entries);
    }
}
