using Exports.Connectors.Sdk;
using Exports.Testing;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class ShardPacerTests
{
    private readonly ManualTimeProvider _time = new(new(2026, 3, 14, 0, 0, 0, TimeSpan.Zero));
    private readonly ListLogger _logger = new();
    private int _asked;
    private int _shards = 2;

    [Fact]
    public async Task Records_a_second_are_held_to_the_share_of_all_shards()
    {
        // Half of two shards: 1,000 records a second.
        var pacer = await StartAsync(50);
        Assert.True(pacer.WaitAsync(500, 1, CancellationToken.None).IsCompletedSuccessfully);
        var second = pacer.WaitAsync(500, 1, CancellationToken.None);
        var third = pacer.WaitAsync(1, 1, CancellationToken.None);

        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await second.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await third.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Bytes_a_second_are_held_to_the_share_of_all_shards()
    {
        // Two shards: 2 MiB a second.
        var pacer = await StartAsync(100);
        Assert.True(pacer.WaitAsync(1, 4 * 1024 * 1024, CancellationToken.None).IsCompletedSuccessfully);
        var second = pacer.WaitAsync(1, 1, CancellationToken.None);

        _time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await second.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_was_not_used_is_not_saved_up()
    {
        var pacer = await StartAsync(100);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.True(pacer.WaitAsync(500, 1, CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(pacer.WaitAsync(500, 1, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Shards_are_counted_again_after_a_minute_of_use_and_not_without()
    {
        var pacer = await StartAsync(100);
        _shards = 4;
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, _asked);

        _ = pacer.WaitAsync(1, 1, CancellationToken.None);
        await Eventually.TrueAsync(() => Volatile.Read(ref _asked) == 2);
        // Two seconds' worth at the old pace, one at the new one.
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            _ = pacer.WaitAsync(4000, 1, CancellationToken.None);
            var next = pacer.WaitAsync(1, 1, CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(1));
            return next.IsCompleted;
        });
    }

    [Fact]
    public async Task A_count_that_fails_leaves_the_pace_as_it_is()
    {
        var pacer = await StartAsync(100);
        _shards = -1;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(pacer.WaitAsync(2000, 1, CancellationToken.None).IsCompletedSuccessfully);
        await Eventually.TrueAsync(() => _logger.Lines.Any(line => line.Contains("Not now.", StringComparison.Ordinal)));
        var next = pacer.WaitAsync(1, 1, CancellationToken.None);
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await next.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private async Task<ShardPacer> StartAsync(int percent)
    {
        var pacer = new ShardPacer(percent, Count, _logger, _time);
        await pacer.StartAsync(CancellationToken.None);
        return pacer;

        Task<int> Count(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return _shards < 0 ? Task.FromException<int>(new RetriableException("Not now.")) : Task.FromResult(_shards);
        }
    }
}
