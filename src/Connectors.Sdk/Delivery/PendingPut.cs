using System.Buffers;

namespace Exports.Connectors.Sdk;

/// <summary>A put whose records wait to be sent, are being sent, or wait to be sent again. Guarded by the delivery's lock.</summary>
internal sealed class PendingPut
{
    private readonly TaskCompletionSource _completion = new();
    private readonly SinkRecord[] _records;
    private readonly Entry[] _entries;
    private List<RecordFailure>? _failures;

    /// <param name="batch">What was put.</param>
    /// <param name="now">When, in the clock's timestamps.</param>
    public PendingPut(SinkBatch batch, long now)
    {
        var records = batch.Records;
        Unsettled = records.Length;
        PutAt = now;
        _records = ArrayPool<SinkRecord>.Shared.Rent(records.Length);
        _entries = ArrayPool<Entry>.Shared.Rent(records.Length);
        records.CopyTo(_records);
        Count = records.Length;
    }

    /// <summary>When it was put, in the clock's timestamps.</summary>
    public long PutAt { get; }

    public int Count { get; }

    /// <summary>How many records are neither accepted nor refused.</summary>
    public int Unsettled { get; private set; }

    public ref SinkRecord Record(int index) => ref _records[index];

    public ref Entry Entry(int index) => ref _entries[index];

    /// <summary>What the caller waits for.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Records are given up because one was refused: those that are neither accepted nor refused are reported as not sent.</summary>
    /// <param name="first">The index of the first one.</param>
    public void GiveUp(int first)
    {
        NotSentException? error = null;
        for (var i = first; i < Count; i++)
        {
            if (_entries[i].IsSettled)
                continue;
            Unsettled--;
            _entries[i].IsSettled = true;
            (_failures ??= []).Add(new RecordFailure(i, error ??= new(), CanRetry: true));
        }
    }

    /// <summary>A record is accepted; with an error, it is refused for good.</summary>
    public void Settle(int index, Exception? error = null)
    {
        Unsettled--;
        _entries[index].IsSettled = true;
        if (error is not null)
            (_failures ??= []).Add(new RecordFailure(index, error, CanRetry: false));
    }

    /// <summary>Tells the caller, without the lock. Nothing of the put is used afterwards.</summary>
    /// <param name="fatal">Why the records that are left will not be sent.</param>
    public void Complete(Exception? fatal)
    {
        Array.Clear(_records, 0, Count);
        Array.Clear(_entries, 0, Count);
        ArrayPool<SinkRecord>.Shared.Return(_records);
        ArrayPool<Entry>.Shared.Return(_entries);
        if (Unsettled > 0)
        {
            _completion.SetException(fatal!);
        }
        else if (_failures is null)
        {
            _completion.SetResult();
        }
        else
        {
            _failures.Sort(static (a, b) => a.Index.CompareTo(b.Index));
            _completion.SetException(new RecordsFailedException(_failures));
        }
    }
}
