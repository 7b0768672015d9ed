namespace Exports.Silo.Tests.Processes;

/// <summary>Waits on conditions.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    /// <summary>Asks again and again until the condition holds; fails with what was waited for when it never does.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(s_deadline.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, $"Waited {s_deadline.TotalSeconds} s in vain until {what()}");
            await Task.Delay(50);
        }
    }

    public static Task TrueAsync(Func<bool> condition, Func<string> what) => TrueAsync(() => Task.FromResult(condition()), what);
}
