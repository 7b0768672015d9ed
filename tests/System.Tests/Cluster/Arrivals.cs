using System.Diagnostics;
using Exports.Demo.Destinations;

namespace Exports.SystemTests.Cluster;

/// <summary>When records of which partition arrive at a destination, seen by looking again and again.</summary>
internal sealed class Arrivals(Destination destination, int partitions)
{
    private readonly long[] _highest = new long[partitions];
    private readonly TimeSpan[] _last = new TimeSpan[partitions];
    private readonly TimeSpan?[] _first = new TimeSpan?[partitions];
    private readonly TimeSpan[] _gap = new TimeSpan[partitions];
    private readonly Stopwatch _clock = new();
    private TimeSpan _grace;

    /// <summary>Time begins.</summary>
    /// <param name="grace">What arrives within it was on its way already.</param>
    public void Begin(TimeSpan grace)
    {
        _grace = grace;
        for (var partition = 0; partition < partitions; partition++)
            _highest[partition] = destination.HighestOf(partition);
        _clock.Restart();
    }

    /// <summary>Looks.</summary>
    public void Look()
    {
        var now = _clock.Elapsed;
        for (var partition = 0; partition < partitions; partition++)
        {
            var highest = destination.HighestOf(partition);
            if (now - _last[partition] is var gap && gap > _gap[partition])
                _gap[partition] = gap;
            if (highest == _highest[partition])
                continue;
            _highest[partition] = highest;
            _last[partition] = now;
            if (now > _grace)
                _first[partition] ??= now;
        }
    }

    /// <summary>Whether a record has arrived since the grace time.</summary>
    public bool HasAdvanced(int partition) => _first[partition] is not null;

    /// <summary>Seconds from the beginning to the first record after the grace time.</summary>
    public double Outage(int partition) => _first[partition]!.Value.TotalSeconds;

    /// <summary>The longest time between two records, in seconds.</summary>
    public double LongestGap(int partition) => _gap[partition].TotalSeconds;
}
