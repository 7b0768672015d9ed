using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// What one call of <see cref="SinkTask.PutAsync"/> delivers, from when its records are taken out of the inbox until they
/// are acknowledged. Reused afterwards. Belongs to the delivery loop, except while the sink has it.
/// </summary>
internal sealed class PutBatch : SinkBatch
{
    private const int Owned = 0;
    private const int InFlight = 1;
    private const int Settled = 2;
    private const int Abandoned = 3;

    private readonly List<Part> _parts = [];
    private readonly Action<PutBatch> _settled;
    private readonly Action _onSettled;
    private SinkRecord[] _records = [];
    private int _count;
    private int _filled;
    private bool _holdsObjects;
    private long _bytes;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;
    private Exception? _thrown;
    private int _state;

    /// <summary>Makes a batch.</summary>
    /// <param name="settled">Called when the sink is done with the batch, from any thread.</param>
    public PutBatch(Action<PutBatch> settled)
    {
        _settled = settled;
        _onSettled = OnSettled;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<SinkRecord> Records => _records.AsSpan(0, _count);

    /// <inheritdoc/>
    public override long Bytes => _bytes;

    /// <summary>The records that are there already; no property of the base, which would compute it.</summary>
    public int RecordCount => _count;

    /// <summary>Where the records come from.</summary>
    public Span<Part> Parts => CollectionsMarshal.AsSpan(_parts);

    /// <summary>Its place in the order of puts.</summary>
    public long Number { get; set; }

    /// <summary>How often its delivery, or the conversion of its next record, has failed.</summary>
    public int Failures { get; set; }

    /// <summary>When it was handed to the sink, in the clock's timestamps.</summary>
    public long PutAt { get; set; }

    /// <summary>What traces tell of it while the sink has it; null when it is not traced.</summary>
    public Activity? Span { get; set; }

    /// <summary>When it failed first, in the clock's timestamps.</summary>
    public long FirstFailure { get; set; }

    /// <summary>How far <see cref="RecordAssembler"/> has come.</summary>
    public (int Part, int Entry) Cursor { get; set; }

    /// <summary>How many of its records the sink has reported as undeliverable in this put.</summary>
    public int Reported { get; set; }

    /// <summary>Whether the sink is done with it.</summary>
    public bool IsSettled => Volatile.Read(ref _state) == Settled;

    /// <summary>Adds records that are to be delivered.</summary>
    public void Add(in Segment segment)
    {
        var entries = segment.Batch.Entries;
        var number = segment.Batch.Partition.Acknowledgement.Begin(
            entries[segment.First].Offset, entries[segment.First + segment.Count - 1].Offset);
        _parts.Add(new Part(segment, number));
        _bytes += segment.Bytes;
    }

    /// <summary>Room for the records of all parts.</summary>
    public Span<SinkRecord> Room()
    {
        var size = 0;
        foreach (ref readonly var part in Parts)
            size += part.Segment.Count;
        if (_records.Length < size)
        {
            var larger = ArrayPool<SinkRecord>.Shared.Rent(size);
            Array.Copy(_records, larger, _count);
            ReturnRecords();
            _records = larger;
        }

        return _records;
    }

    /// <summary>How many of <see cref="Room"/> are records now.</summary>
    /// <param name="count">The number.</param>
    /// <param name="holdObjects">Whether there may be objects among them that must not live on after the delivery.</param>
    public void SetCount(int count, bool holdObjects)
    {
        _count = count;
        _filled = Math.Max(_filled, count);
        _holdsObjects |= holdObjects;
    }

    /// <summary>The part that a record belongs to.</summary>
    public ref readonly Part PartOf(int record)
    {
        var parts = Parts;
        var i = 0;
        while (parts[i].RecordsEnd <= record)
            i++;
        return ref parts[i];
    }

    /// <summary>Hands the batch to the sink.</summary>
    public void Put(SinkTask sink, CancellationToken cancellationToken)
    {
        _thrown = null;
        Reported = 0;
        Volatile.Write(ref _state, InFlight);
        try
        {
            _awaiter = sink.PutAsync(this, cancellationToken).ConfigureAwait(false).GetAwaiter();
        }
#pragma warning disable CA1031 // it is judged by whoever takes the result
        catch (Exception e)
#pragma warning restore CA1031
        {
            _thrown = e;
            Volatile.Write(ref _state, Settled);
            return;
        }

        if (_awaiter.IsCompleted)
            Volatile.Write(ref _state, Settled);
        else
            _awaiter.UnsafeOnCompleted(_onSettled);
    }

    /// <summary>What came of the put: null when all records were delivered. Asked once after it has settled.</summary>
    public Exception? TakeResult()
    {
        Volatile.Write(ref _state, Owned);
        if (_thrown is not null)
            return _thrown;
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

    /// <summary>Leaves the batch to the sink, which still uses its memory. False when the sink is done with it after all.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, InFlight) == InFlight;

    /// <summary>Keeps some of the records; the others are delivered or skipped, and acknowledged where their part is complete.</summary>
    /// <param name="kept">The indexes of the records to keep, rising.</param>
    public void Keep(ReadOnlySpan<int> kept) => Keep(kept, static _ => true);

    /// <summary>
    /// As <see cref="Keep(ReadOnlySpan{int})"/> for a batch whose records will not be put again: also acknowledges, of each part, what
    /// comes before its first record to keep.
    /// </summary>
    public void GiveUp(ReadOnlySpan<int> kept)
    {
        var next = 0;
        foreach (ref readonly var part in Parts)
        {
            if (next < kept.Length && kept[next] < part.RecordsEnd)
                part.Segment.Batch.Partition.Acknowledgement.Advance(part.Number, _records[kept[next]].Offset);
            while (next < kept.Length && kept[next] < part.RecordsEnd)
                next++;
        }

        Keep(kept);
    }

    private void Keep(ReadOnlySpan<int> kept, Func<LanePartition, bool> acknowledges)
    {
        var parts = Parts;
        var next = 0;
        var start = 0;
        long bytes = 0;
        var left = 0;
        for (var p = 0; p < parts.Length; p++)
        {
            var part = parts[p];
            var first = next;
            for (; next < kept.Length && kept[next] < part.RecordsEnd; next++)
                _records[start++] = _records[kept[next]];
            if (next == first)
            {
                if (acknowledges(part.Segment.Batch.Partition))
                    Settle(part);
                else
                    Release(part);
                continue;
            }

            part.RecordsEnd = start;
            bytes += part.Segment.Bytes;
            parts[left++] = part;
        }

        _parts.RemoveRange(left, _parts.Count - left);
        _count = start;
        _bytes = bytes;
    }

    /// <summary>
    /// Removes what belongs to revoked partitions, without acknowledging it.
    /// </summary>
    /// <param name="isComplete">Whether all records have been assembled; if not, they are to be assembled anew.</param>
    /// <returns>Whether anything is left.</returns>
    public bool RemoveRevoked(bool isComplete)
    {
        var revoked = false;
        foreach (ref readonly var part in Parts)
            revoked |= part.Segment.Batch.Partition.IsRevoked;
        if (revoked && isComplete)
        {
            var kept = new List<int>(_count);
            for (var (record, p) = (0, 0); record < _count; record++)
            {
                while (_parts[p].RecordsEnd <= record)
                    p++;
                if (!_parts[p].Segment.Batch.Partition.IsRevoked)
                    kept.Add(record);
            }

            Keep(CollectionsMarshal.AsSpan(kept), static partition => !partition.IsRevoked);
        }
        else if (revoked)
        {
            foreach (ref readonly var part in Parts)
            {
                if (part.Segment.Batch.Partition.IsRevoked)
                    Release(part);
            }

            _parts.RemoveAll(static part => part.Segment.Batch.Partition.IsRevoked);
            _bytes = _parts.Sum(static part => part.Segment.Bytes);
            _count = 0;
            Cursor = default;
        }

        return _parts.Count > 0;
    }

    /// <summary>
    /// Splits off, into an empty batch, what cannot be delivered: the part that the cursor is in, and all behind it.
    /// </summary>
    /// <returns>Whether anything is left.</returns>
    public bool MoveRestTo(PutBatch other)
    {
        var first = Cursor.Part;
        foreach (ref readonly var part in Parts[first..])
        {
            other._parts.Add(part);
            other._bytes += part.Segment.Bytes;
        }

        _parts.RemoveRange(first, _parts.Count - first);
        _bytes -= other._bytes;
        _count = first > 0 ? _parts[^1].RecordsEnd : 0;
        return first > 0;
    }

    /// <summary>All records are delivered, filtered, skipped or given up: acknowledges and releases them.</summary>
    public void Settle()
    {
        foreach (ref readonly var part in Parts)
            Settle(part);
        Reset();
    }

    /// <summary>Releases the records without acknowledging them.</summary>
    public void Release()
    {
        foreach (ref readonly var part in Parts)
            Release(part);
        Reset();
    }

    /// <summary>Makes the batch as it was when it was new.</summary>
    public void Reset()
    {
        _parts.Clear();
        ReturnRecords();
        _records = [];
        _count = 0;
        _filled = 0;
        _holdsObjects = false;
        _bytes = 0;
        _thrown = null;
        Cursor = default;
        Failures = 0;
        Reported = 0;
    }

    private static void Settle(in Part part)
    {
        part.Segment.Batch.Partition.Acknowledgement.Acknowledge(part.Number);
        Release(part);
    }

    private static void Release(in Part part) => part.Segment.Batch.Partition.Inbox.Release(part.Segment);

    private void ReturnRecords()
    {
        if (_records.Length == 0)
            return;
        if (_holdsObjects)
            Array.Clear(_records, 0, _filled);
        ArrayPool<SinkRecord>.Shared.Return(_records);
    }

    private void OnSettled()
    {
        if (Interlocked.Exchange(ref _state, Settled) == Abandoned)
        {
            PutSpans.End(Span, TakeResult());
            Span = null;
            Release();
        }
        else
        {
            _settled(this);
        }
    }

    /// <summary>Records of a put that lie next to each other in a partition.</summary>
    internal struct Part(Segment segment, long number)
    {
        /// <summary>The records as they were read.</summary>
        public Segment Segment { get; } = segment;

        /// <summary>Their number at the partition's acknowledgement.</summary>
        public long Number { get; } = number;

        /// <summary>The record with that offset as it was read; false when there is none.</summary>
        public readonly bool TryFind(long offset, out RecordEntry entry)
        {
            var entries = Segment.Batch.Entries.Slice(Segment.First, Segment.Count);
            var (low, high) = (0, entries.Length - 1);
            while (low <= high)
            {
                var middle = (low + high) / 2;
                if (entries[middle].Offset == offset)
                {
                    entry = entries[middle];
                    return true;
                }

                if (entries[middle].Offset < offset)
                    low = middle + 1;
                else
                    high = middle - 1;
            }

            entry = default;
            return false;
        }

        /// <summary>The index behind the last of the put's records that came of them.</summary>
        public int RecordsEnd { get; set; }
    }
}
