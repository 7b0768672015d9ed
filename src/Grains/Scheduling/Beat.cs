namespace Exports.Grains;

/// <summary>
/// Waits of what is done now and then and need not be on the dot: the flushes of tasks, the rounds of supervision. Thousands
/// that each wake the process at a moment of their own cost more than what they wake for; so those that are due soon after
/// each other wake it together.
/// </summary>
internal static class Beat
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(200);

    /// <summary>The wait itself when it is short; else one that ends on a beat, at most 200 ms later.</summary>
    public static TimeSpan Align(TimeSpan wait, TimeProvider time)
    {
        if (wait < s_beat * 10)
            return wait;
        var over = (time.GetUtcNow() + wait).UtcTicks % s_beat.Ticks;
        return over == 0 ? wait : wait + TimeSpan.FromTicks(s_beat.Ticks - over);
    }
}
