namespace Exports.Pipeline.Tests;

public sealed class RetryScheduleTests
{
    [Fact]
    public void Delays_double_until_the_longest_and_are_random_beyond()
    {
        var schedule = new RetrySchedule(Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(3));
        var random = new Random(1);

        var delays = Enumerable.Range(1, 4).Select(n => schedule.Next(n, TimeSpan.Zero, null, random)!.Value.TotalMilliseconds);
        var later = Enumerable.Range(5, 200).Select(n => schedule.Next(n, TimeSpan.FromDays(3), null, random)!.Value).ToArray();

        Assert.Equal([300, 600, 1200, 2400], delays);
        Assert.All(later, delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(3)));
        Assert.Contains(later, delay => delay < TimeSpan.FromSeconds(1));
        Assert.Contains(later, delay => delay > TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void The_last_attempt_is_made_when_the_time_is_over_and_none_after_it()
    {
        var schedule = new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.FromMilliseconds(300), schedule.Next(1, TimeSpan.Zero, null, Random.Shared));
        Assert.Equal(TimeSpan.FromMilliseconds(100), schedule.Next(3, TimeSpan.FromMilliseconds(900), null, Random.Shared));
        Assert.Null(schedule.Next(4, TimeSpan.FromSeconds(1), null, Random.Shared));
    }

    [Fact]
    public void No_time_means_no_retry()
        => Assert.Null(new RetrySchedule(TimeSpan.Zero, TimeSpan.FromMinutes(1)).Next(1, TimeSpan.Zero, null, Random.Shared));

    [Fact]
    public void The_delay_that_a_destination_asks_for_counts()
    {
        var schedule = new RetrySchedule(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(40), schedule.Next(1, TimeSpan.Zero, TimeSpan.FromSeconds(40), Random.Shared));
        Assert.Equal(TimeSpan.FromMinutes(5), schedule.Next(1, TimeSpan.Zero, TimeSpan.FromDays(40), Random.Shared));
    }

    [Fact]
    public void Nothing_overflows()
    {
        var schedule = new RetrySchedule(Timeout.InfiniteTimeSpan, TimeSpan.MaxValue);

        Assert.Equal(TimeSpan.FromDays(1), schedule.Next(int.MaxValue, TimeSpan.MaxValue, null, Random.Shared));
        Assert.Equal(TimeSpan.FromDays(1), schedule.Next(1, TimeSpan.Zero, TimeSpan.MaxValue, Random.Shared));
    }
}
