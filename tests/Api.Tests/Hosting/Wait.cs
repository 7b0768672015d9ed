using System.Diagnostics;

namespace Exports.Api.Tests;

/// <summary>Waits for conditions.</summary>
internal static class Wait
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_limit, $"Waited {s_limit} in vain until {what}.");
            await Task.Delay(5);
        }
    }
}
