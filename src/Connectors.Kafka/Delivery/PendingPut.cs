using System.Threading.Tasks.Sources;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka;

/// <summary>
/// A batch on its way: which of its records are delivered, which have failed for good, and whom to tell when all have been
/// decided. Used again for later batches.
/// </summary>
/// <remarks>
/// The producing thread and the reporting thread work on different records of it at the same time; each record is decided
/// by one of them.
/// </remarks>
internal sealed class PendingPut(int slot, Action<PendingPut> release) : IValueTaskSource
{
    private const byte Undecided = 0;
    private const byte Delivered = 1;
    private const byte FailedForGood = 2;

    private readonly Lock _failuresLock = new();
    private readonly List<RecordFailure> _failures = [];
    private ManualResetValueTaskSourceCore<bool> _completion = new() { RunContinuationsAsynchronously = true };
    private byte[] _states = [];
    private int _undecided;

    /// <summary>Where the writer finds this object again when a record's report comes.</summary>
    public int Slot => slot;

    /// <summary>The native memory that the batch's records lie in.</summary>
    public NativePins Pins { get; } = new();

    public SinkBatch Batch { get; private set; } = null!;

    public int Count { get; private set; }

    /// <summary>When the batch was handed in, in the clock's timestamps.</summary>
    public long Started { get; private set; }

    /// <summary>The next record to produce; <see cref="Count"/> when all are on their way.</summary>
    public int Next { get; set; }

    /// <summary>Whether each record is sent by itself, to find out which of them the broker refuses.</summary>
    public bool OneByOne { get; set; }

    /// <summary>The number of records that are neither delivered nor failed for good.</summary>
    public int UndecidedCount => Volatile.Read(ref _undecided);

    /// <summary>Whether any record has been decided.</summary>
    public bool IsBegun => UndecidedCount < Count;

    public ValueTask Task => new(this, _completion.Version);

    public void Start(SinkBatch batch, long timestamp)
    {
        Batch = batch;
        Count = batch.Count;
        Started = timestamp;
        Next = 0;
        OneByOne = false;
        if (_states.Length < Count)
            _states = GC.AllocateUninitializedArray<byte>(Count);
        _states.AsSpan(0, Count).Clear();
        Volatile.Write(ref _undecided, Count);
    }

    /// <summary>The first record from an index on that is undecided; <see cref="Count"/> when there is none.</summary>
    public int NextUndecided(int index)
    {
        var states = _states;
        while (index < Count && states[index] != Undecided)
            index++;
        return index;
    }

    /// <summary>Marks a record as delivered. <see cref="Decide"/> must follow, for one or several together.</summary>
    public void MarkDelivered(int index) => _states[index] = Delivered;

    /// <summary>Marks a record as one that is never to be delivered. <see cref="Decide"/> must follow.</summary>
    public void MarkFailed(int index, Exception error)
    {
        _states[index] = FailedForGood;
        lock (_failuresLock)
            _failures.Add(new RecordFailure(index, error, CanRetry: false));
    }

    /// <summary>Counts decided records.</summary>
    /// <returns>Whether these were the last.</returns>
    public bool Decide(int count) => Interlocked.Add(ref _undecided, -count) == 0;

    /// <summary>Completes the put when every record has been decided.</summary>
    public void Complete()
    {
        var failure = _failures.Count == 0 ? null : new RecordsFailedException(TakeFailures());
        Finish(failure);
    }

    /// <summary>Completes the put though records are undecided.</summary>
    /// <param name="cause">Why.</param>
    public void Fail(Exception cause)
    {
        if (cause is not RetriableException || !IsBegun)
        {
            Finish(cause);
            return;
        }

        // Only what is undecided needs to come again.
        for (var i = 0; i < Count; i++)
        {
            if (_states[i] == Undecided)
                _failures.Add(new RecordFailure(i, cause, CanRetry: true));
        }

        Finish(new RecordsFailedException(TakeFailures()));
    }

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _completion.GetResult(token);
        }
        finally
        {
            _completion.Reset();
            release(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _completion.OnCompleted(continuation, state, token, flags);

    private RecordFailure[] TakeFailures()
    {
        _failures.Sort((a, b) => a.Index.CompareTo(b.Index));
        return [.. _failures];
    }

    private void Finish(Exception? exception)
    {
        Pins.Release();
        _failures.Clear();
        Batch = null!;
        if (exception is null)
            _completion.SetResult(true);
        else
            _completion.SetException(exception);
    }
}
