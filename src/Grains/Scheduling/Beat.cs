namespace Exports.Grains;

/// <summary>
/// Moments at which work is done that is due now and then and need not be on the dot. Thousands of tasks that each wake the
/// process at a moment of their own cost more than what they wake for; so those that are due soon after each other wake it
/// together.
/// </summary>
internal static class Beat
{
    private static readonly long s_ticks = TimeSpan.FromMilliseconds(200).Ticks;

    /// <summary>The first beat at or after a time; at most 200 ms later.</summary>
    public static DateTimeOffset AtOrAfter(DateTimeOffset time) => time.AddTicks((s_ticks - time.UtcTicks % s_ticks) % s_ticks);
}
