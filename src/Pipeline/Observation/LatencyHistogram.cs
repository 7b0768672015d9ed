using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// How long records took from their timestamp to the destination's acknowledgement, each record counted. Written by one thread,
/// read by any.
/// </summary>
public sealed class LatencyHistogram
{
    private static readonly long[] s_bounds =
        [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000];

    private readonly long[] _counts = new long[s_bounds.Length + 1];
    private long _sum;

    /// <summary>The upper bounds of the buckets in milliseconds, rising; there is one more bucket, for all above.</summary>
    public static ReadOnlySpan<long> BoundsMs => s_bounds;

    /// <summary>The number of buckets: one more than bounds.</summary>
    public static int Buckets => s_bounds.Length + 1;

    /// <summary>The sum of all latencies in milliseconds.</summary>
    public long SumMs => Volatile.Read(ref _sum);

    /// <summary>How many records fell into each bucket, not cumulated.</summary>
    /// <param name="counts">Where to write them; as long as <see cref="Buckets"/>.</param>
    public void Read(Span<long> counts)
    {
        for (var i = 0; i < _counts.Length; i++)
            counts[i] = Volatile.Read(ref _counts[i]);
    }

    /// <summary>
    /// A value below which a share of the records lies, interpolated within its bucket; null when there are none.
    /// </summary>
    /// <param name="counts">The records of each bucket.</param>
    /// <param name="share">Above 0, at most 1.</param>
    /// <returns>Milliseconds. What lies in the last bucket is told as its lower bound.</returns>
    public static double? Quantile(ReadOnlySpan<long> counts, double share)
    {
        var total = 0L;
        foreach (var count in counts)
            total += count;
        if (total == 0)
            return null;
        var rank = share * total;
        var below = 0L;
        for (var i = 0; i < s_bounds.Length; i++)
        {
            if (below + counts[i] >= rank && counts[i] > 0)
            {
                var lower = i == 0 ? 0 : s_bounds[i - 1];
                return lower + ((s_bounds[i] - lower) * (rank - below) / counts[i]);
            }

            below += counts[i];
        }

        return s_bounds[^1];
    }

    /// <summary>Counts records that have been acknowledged. Records without a timestamp are left out.</summary>
    /// <param name="records">The records.</param>
    /// <param name="now">When, in milliseconds since 1970-01-01T00:00:00Z.</param>
    internal void Record(ReadOnlySpan<SinkRecord> records, long now)
    {
        // Records that lie next to each other mostly have the same millisecond, so whole runs of them are counted at once.
        for (var i = 0; i < records.Length;)
        {
            var timestamp = records[i].Timestamp;
            var begin = i++;
            while (i < records.Length && records[i].Timestamp == timestamp)
                i++;
            if (timestamp < 0)
                continue;
            // A producer's clock may be ahead of ours.
            var latency = Math.Max(0, now - timestamp);
            var count = i - begin;
            ref var bucket = ref _counts[Bucket(latency)];
            Volatile.Write(ref bucket, bucket + count);
            Volatile.Write(ref _sum, _sum + (latency * count));
        }
    }

    private static int Bucket(long latency)
    {
        var i = 0;
        while (i < s_bounds.Length && latency > s_bounds[i])
            i++;
        return i;
    }
}
