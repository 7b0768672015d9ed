using System.Diagnostics;
using Exports.Demo.Destinations;

namespace Exports.SystemTests.Cluster;

/// <summary>When records of which partition arrive at a destination, seen by looking a hundred times a second until disposal.</summary>
internal sealed class Arrivals : IAsyncDisposable
{
    private readonly Destination _destination;
    private readonly TimeSpan _grace;
    private readonly long[] _highest;
    private readonly TimeSpan[] _last;
    private readonly TimeSpan?[] _first;
    private readonly TimeSpan[] _gap;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _looking;

    /// <summary>Begins to look.</summary>
    /// <param name="destination">Where.</param>
    /// <param name="partitions">How many partitions there are.</param>
    /// <param name="grace">What arrives within it was on its way already.</param>
    public Arrivals(Destination destination, int partitions, TimeSpan grace)
    {
        (_destination, _grace) = (destination, grace);
        _highest = [.. Enumerable.Range(0, partitions).Select(destination.HighestOf)];
        (_last, _first, _gap) = (new TimeSpan[partitions], new TimeSpan?[partitions], new TimeSpan[partitions]);
        _looking = Task.Factory.StartNew(LookAgainAndAgain, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Whether a record has arrived since the grace time.</summary>
    public bool HasAdvanced(int partition) => Locked(() => _first[partition] is not null);

    /// <summary>Seconds from the beginning to the first record after the grace time.</summary>
    public double Outage(int partition) => Locked(() => _first[partition]!.Value.TotalSeconds);

    /// <summary>The longest time between two records, in seconds.</summary>
    public double LongestGap(int partition) => Locked(() => _gap[partition].TotalSeconds);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private void LookAgainAndAgain()
    {
        while (!_stop.Token.WaitHandle.WaitOne(10))
        {
            lock (_lock)
                Look(_clock.Elapsed);
        }
    }

    private void Look(TimeSpan now)
    {
        for (var partition = 0; partition < _highest.Length; partition++)
        {
            var highest = _destination.HighestOf(partition);
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

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }
}
