namespace Exports.Pipeline;

/// <summary>
/// Average and maximum over the last thirty to sixty seconds, as the averages and maxima of Kafka's metrics are kept: in two windows that
/// take turns. Written by one thread, read by any; a reader may miss the value that is being written.
/// </summary>
public sealed class SampledStatistic
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private volatile Window _current;
    private volatile Window? _before;

    /// <summary>Makes a statistic without values.</summary>
    public SampledStatistic(TimeProvider time)
    {
        _time = time;
        _current = new(time.GetTimestamp());
    }

    /// <summary>Adds a value.</summary>
    public void Record(double value)
    {
        if (_time.GetElapsedTime(_current.Begun) >= s_window)
        {
            _before = _current;
            _current = new(_time.GetTimestamp());
        }

        _current.Record(value);
    }

    /// <summary>Average and maximum; null when there was no value for thirty seconds or more.</summary>
    public (double Average, double Max)? Read()
    {
        var (current, before) = (_current, _before);
        var now = _time.GetTimestamp();
        var (count, sum, max) = (0L, 0.0, double.MinValue);
        Add(current);
        if (before is not null)
            Add(before);
        return count == 0 ? null : (sum / count, max);

        void Add(Window window)
        {
            if (window.Count == 0 || _time.GetElapsedTime(window.Begun, now) >= s_window * 2)
                return;
            count += window.Count;
            sum += window.Sum;
            max = Math.Max(max, window.Max);
        }
    }

    private sealed class Window(long begun)
    {
        private long _count;
        private double _sum;
        private double _max = double.MinValue;

        public long Begun => begun;

        public long Count => Volatile.Read(ref _count);

        public double Sum => Volatile.Read(ref _sum);

        public double Max => Volatile.Read(ref _max);

        public void Record(double value)
        {
            Volatile.Write(ref _max, Math.Max(_max, value));
            Volatile.Write(ref _sum, _sum + value);
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
