using System.Diagnostics;
using System.Runtime.InteropServices;
using Exports.Kafka.Client;

namespace Exports.Pipeline;

/// <summary>
/// Records of one partition in offset order, as they came out of one read. They stay in librdkafka's memory until they are
/// released, or copied out of it. Whoever has taken records out of the batch releases them; every record exactly once.
/// </summary>
internal sealed unsafe class RecordBatch
{
    /// <summary>
    /// What a record costs beyond its key and value: librdkafka's message object with its allocation, and the entry here.
    /// </summary>
    public const int RecordOverhead = 384;

    private RecordEntry* _entries;
    private int _unreleased;
    private void* _copy;

    /// <summary>Makes a batch.</summary>
    /// <param name="partition">The partition that the records are from.</param>
    /// <param name="lane">The lane whose memory they hold.</param>
    /// <param name="entries">The records, in memory that is from now on the batch's (<see cref="NewEntries"/>).</param>
    /// <param name="count">The number of records; at least 1.</param>
    /// <param name="payload">Bytes of keys and values.</param>
    /// <param name="readAt">When they were read.</param>
    public RecordBatch(LanePartition partition, Lane lane, RecordEntry* entries, int count, long payload, long readAt)
    {
        Partition = partition;
        Count = count;
        Payload = payload;
        ReadAt = readAt;
        Lane = lane;
        _entries = entries;
        _unreleased = count;
        lane.Pin();
    }

    /// <summary>The partition that the records are from.</summary>
    public LanePartition Partition { get; }

    /// <summary>The lane that read them.</summary>
    public Lane Lane { get; }

    /// <summary>The number of records.</summary>
    public int Count { get; }

    /// <summary>Bytes of keys and values.</summary>
    public long Payload { get; }

    /// <summary>What the whole batch counts for in memory limits.</summary>
    public long Cost => CostOf(Payload, Count);

    /// <summary>When it was read, in the clock's timestamps.</summary>
    public long ReadAt { get; }

    /// <summary>Whether it still holds librdkafka's memory.</summary>
    public bool IsPinning => _copy is null;

    /// <summary>The first record that nobody has taken yet; guarded by the inbox.</summary>
    public int Taken { get; set; }

    /// <summary>The neighbours in the inbox; guarded by it.</summary>
    public RecordBatch? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    public RecordBatch? Next { get; set; }

    /// <summary>The records.</summary>
    public ReadOnlySpan<RecordEntry> Entries => new(_entries, Count);

    /// <summary>Memory for records that a batch is to be made of. Not the garbage collector's: it comes and goes quickly, on two threads.</summary>
    public static RecordEntry* NewEntries(int count) => (RecordEntry*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(RecordEntry));

    /// <summary>Gives memory back of which no batch was made.</summary>
    public static void FreeEntries(RecordEntry* entries) => NativeMemory.Free(entries);

    public static long CostOf(long payload, int records) => payload + (long)records * RecordOverhead;

    /// <summary>
    /// Moves keys, values and headers into memory of the batch's own and gives librdkafka's back. Only for a batch of
    /// which nothing has been taken.
    /// </summary>
    public void CopyOut()
    {
        Debug.Assert(IsPinning && Taken == 0, "Only a batch of which nobody has seen a record can be moved.");
        long size = Payload;
        foreach (ref readonly var entry in Entries)
        {
            for (var h = 0; h < entry.HeaderCount; h++)
            {
                NativeConsumer.GetHeader(entry.Headers, h, out var name, out _, out var valueLength);
                size += CopiedHeaders.Size(name.Length, valueLength);
            }
        }

        _copy = NativeMemory.Alloc((nuint)Math.Max(size, 1));
        var target = (byte*)_copy;
        foreach (ref var entry in new Span<RecordEntry>(_entries, Count))
        {
            entry.Key = Move(entry.Key, entry.KeyLength, ref target);
            entry.Value = Move(entry.Value, entry.ValueLength, ref target);
            if (entry.HeaderCount > 0)
            {
                var start = target;
                for (var h = 0; h < entry.HeaderCount; h++)
                {
                    NativeConsumer.GetHeader(entry.Headers, h, out var name, out var value, out var valueLength);
                    target = CopiedHeaders.Write(target, name, value, valueLength);
                }

                entry.Headers = (nint)start;
            }

            NativeConsumer.Destroy(entry.Message);
            entry.Message = null;
        }

        Lane.Unpin();
    }

    /// <summary>Gives the memory of records back.</summary>
    public void Release(int first, int count)
    {
        if (_copy is null)
        {
            foreach (ref readonly var entry in Entries.Slice(first, count))
                NativeConsumer.Destroy(entry.Message);
        }

        if (Interlocked.Add(ref _unreleased, -count) != 0)
            return;
        FreeEntries(_entries);
        _entries = null;
        if (_copy is null)
            Lane.Unpin();
        else
            NativeMemory.Free(_copy);
    }

    private static byte* Move(byte* source, int length, ref byte* target)
    {
        if (source is null)
            return null;
        var start = target;
        Buffer.MemoryCopy(source, start, length, length);
        target += length;
        return start;
    }
}
