namespace Exports.Connectors.Sdk;

/// <summary>How long a record waits before it is sent again.</summary>
/// <param name="longest">The longest delay.</param>
/// <param name="random">The source of randomness.</param>
internal sealed class RetryDelays(TimeSpan longest, Random random)
{
    private const double FirstMs = 100;

    // Nothing waits longer, whatever is asked for; timers have their limits.
    private static readonly TimeSpan s_longestAsked = TimeSpan.FromDays(1);

    /// <summary>
    /// 100 ms, doubled with every failure up to the longest delay, and of that a random part of at least half, so that records
    /// that failed together do not return together.
    /// </summary>
    /// <param name="failures">How often it has failed, at least 1.</param>
    /// <param name="asked">The delay that the destination asks for, which then counts instead.</param>
    public TimeSpan Next(int failures, TimeSpan? asked)
    {
        if (asked is { } delay)
            return delay < s_longestAsked ? delay : s_longestAsked;
        var doubled = TimeSpan.FromMilliseconds(FirstMs * Math.Pow(2, Math.Min(failures, 30) - 1));
        return (doubled < longest ? doubled : longest) * (0.5 + (random.NextDouble() / 2));
    }
}
