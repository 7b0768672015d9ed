using System.Numerics;

namespace Exports.Demo.Latency;

/// <summary>
/// Counts durations in buckets whose width is at most 1/64 of their value, so quantiles are exact to 1.6 %. Any number of
/// threads may add.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Precision = 6; // 2^6 buckets for each doubling
    private readonly long[] _counts = new long[(64 - Precision) << Precision];
    private long _count;
    private long _max;

    /// <summary>How many durations were added.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The longest, in microseconds; 0 when there is none.</summary>
    public long Max => Volatile.Read(ref _max);

    /// <summary>Adds a duration in microseconds; a negative one counts as 0.</summary>
    public void Add(long micros)
    {
        micros = Math.Max(micros, 0);
        Interlocked.Increment(ref _counts[Index(micros)]);
        Interlocked.Increment(ref _count);
        var max = Volatile.Read(ref _max);
        while (micros > max && Interlocked.CompareExchange(ref _max, micros, max) is var seen && seen != max)
            max = seen;
    }

    /// <summary>The duration in microseconds that a share of all durations does not exceed; 0 when there is none.</summary>
    /// <param name="share">Above 0, at most 1: 0.99 for p99.</param>
    public long Quantile(double share)
    {
        var rank = (long)Math.Ceiling(Count * share);
        var below = 0L;
        for (var index = 0; index < _counts.Length && rank > 0; index++)
        {
            below += Volatile.Read(ref _counts[index]);
            if (below >= rank)
                return Math.Min(Upper(index), Max);
        }

        return Max;
    }

    private static int Index(long value)
    {
        // The bits above the precision choose the row, the next ones the column.
        var shift = Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)value) - Precision - 1);
        return (shift << Precision) + (int)(value >> shift);
    }

    private static long Upper(int index)
    {
        var shift = Math.Max(0, (index >> Precision) - 1);
        var column = index - (shift << Precision);
        return ((long)column + 1 << shift) - 1;
    }
}
