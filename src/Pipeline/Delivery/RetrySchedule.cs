namespace Exports.Pipeline;

/// <summary>When and for how long something that failed is tried again.</summary>
/// <param name="Timeout">How long after the first failure; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for ever, zero for never.</param>
/// <param name="MaxDelay">The longest delay (<c>errors.retry.delay.max.ms</c>).</param>
internal sealed record RetrySchedule(TimeSpan Timeout, TimeSpan MaxDelay)
{
    private const double FirstDelay = 300;

    // Nothing waits longer, whatever is asked for; timers have their limits.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>
    /// The delay before another attempt, or null when time is up: 300 ms, doubled with every failure; where that would be
    /// more than the longest delay, a random time below it, so that tasks that failed together do not return together.
    /// Never beyond the end of the time, so that the last attempt is made then.
    /// </summary>
    /// <param name="failures">How often it has failed, at least 1.</param>
    /// <param name="sinceFirst">How long ago it failed first.</param>
    /// <param name="asked">The delay that the destination asks for, which then counts instead.</param>
    /// <param name="random">The source of randomness.</param>
    public TimeSpan? Next(int failures, TimeSpan sinceFirst, TimeSpan? asked, Random random)
    {
        var isEndless = Timeout == System.Threading.Timeout.InfiniteTimeSpan;
        if (!isEndless && sinceFirst >= Timeout)
            return null;
        var doubled = TimeSpan.FromMilliseconds(FirstDelay * Math.Pow(2, Math.Min(failures, 30) - 1));
        var delay = asked ?? (doubled <= MaxDelay ? doubled : random.NextDouble() * MaxDelay);
        if (delay > s_longest)
            delay = s_longest;
        return isEndless || delay <= Timeout - sinceFirst ? delay : Timeout - sinceFirst;
    }
}
