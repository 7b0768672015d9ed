namespace Exports.Grains;

/// <summary>
/// Delays between attempts: doubled each time up to a limit, and each shortened by up to half at random, so that those who
/// failed together do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    /// <summary>Delays given since the beginning or the last reset.</summary>
    public int Attempts { get; private set; }

    /// <summary>The next delay.</summary>
    public TimeSpan Next()
    {
        var full = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(Attempts, 62)), longest.TotalMilliseconds);
        Attempts++;
        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    /// <summary>Begins with the first delay again.</summary>
    public void Reset() => Attempts = 0;
}
