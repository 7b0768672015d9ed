using System.Runtime.CompilerServices;

namespace Exports.Pipeline.Tests;

/// <summary>Waits on conditions.</summary>
public static class Eventually
{
    public static async Task HoldsAsync(
        Func<bool> condition, Func<string>? state = null, [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        var deadline = Environment.TickCount64 + 60_000;
        while (!condition())
        {
            if (Environment.TickCount64 > deadline)
                Assert.Fail($"Did not come true: {text}. {state?.Invoke()}");
            await Task.Delay(5);
        }
    }
}
