namespace Exports.Observation;

/// <summary>Totals of the last half minute, from which rates follow. Not thread-safe.</summary>
internal sealed class RateWindow
{
    // At a sample every two seconds, half a minute and one more.
    private readonly (long At, long RecordsIn, long RecordsOut, long BytesIn, long BytesOut)[] _samples = new (long, long, long, long, long)[17];
    private int _next;
    private int _count;

    public void Add(long at, TaskTotals totals)
    {
        _samples[_next] = (at, totals.RecordsRead, totals.RecordsDelivered, totals.BytesRead, totals.BytesDelivered);
        _next = (_next + 1) % _samples.Length;
        _count = Math.Min(_count + 1, _samples.Length);
    }

    /// <summary>The rates between the newest sample and the oldest that is no older than a span.</summary>
    public Rates Over(TimeSpan span, TimeProvider time)
    {
        if (_count < 2)
            return default;
        var newest = _samples[(_next + _samples.Length - 1) % _samples.Length];
        var oldest = newest;
        for (var i = 2; i <= _count; i++)
        {
            var sample = _samples[(_next + _samples.Length - i) % _samples.Length];
            if (time.GetElapsedTime(sample.At, newest.At) > span && oldest.At != newest.At)
                break;
            oldest = sample;
        }

        var seconds = time.GetElapsedTime(oldest.At, newest.At).TotalSeconds;
        return seconds <= 0 ? default : new(
            (newest.RecordsIn - oldest.RecordsIn) / seconds,
            (newest.RecordsOut - oldest.RecordsOut) / seconds,
            (newest.BytesIn - oldest.BytesIn) / seconds,
            (newest.BytesOut - oldest.BytesOut) / seconds);
    }
}
