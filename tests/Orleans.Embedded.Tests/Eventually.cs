using System.Diagnostics;

namespace Exports.Engine.Tests;

internal static class Eventually
{
    /// <summary>Waits for a condition, and fails when it does not come about within half a minute.</summary>
    public static async Task TrueAsync(Func<bool> condition, Func<string> wanted)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
                Assert.Fail($"Has not come about: {wanted()}");

            await Task.Delay(5);
        }
    }
}
