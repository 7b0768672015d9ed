using System.Diagnostics;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>Waits for a condition; fails when it does not come true within half a minute.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < s_limit, "The condition did not come true.");
            await Task.Delay(5);
        }
    }
}
