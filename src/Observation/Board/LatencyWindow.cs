using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>The latency histogram of the last minute or so, in steps of ten seconds. Not thread-safe; takes no memory before the first record.</summary>
internal sealed class LatencyWindow
{
    private const int Steps = 6;

    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(10);

    private Queue<(long At, long[] Counts)>? _before;
    private long[]? _now;

    public void Add(long at, TaskTotals totals, TimeProvider time)
    {
        if (_before is null)
        {
            if (!totals.Latency.ContainsAnyExcept(0))
                return;
            _before = new(Steps + 1);
            _before.Enqueue((at, new long[LatencyHistogram.Buckets]));
        }

        _now = totals.Latency.ToArray();
        if (time.GetElapsedTime(_before.Last().At, at) >= s_step)
            _before.Enqueue((at, _now));
        while (_before.Count > Steps)
            _before.Dequeue();
    }

    /// <summary>The records of each bucket; empty when there were none.</summary>
    public long[] Recent(TimeProvider time)
    {
        if (_before is null || _now is null)
            return [];
        var oldest = _before.Peek().Counts;
        foreach (var (at, counts) in _before)
        {
            if (time.GetElapsedTime(at) > s_step * (Steps + 1))
                oldest = counts;
        }

        var result = new long[_now.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = _now[i] - oldest[i];
        return result;
    }
}
