using System.Runtime.CompilerServices;

namespace Exports.Grains.Tests;

/// <summary>Waits on conditions.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    public static Task HoldsAsync(Func<bool> condition, Func<string>? state = null, [CallerArgumentExpression(nameof(condition))] string? what = null)
        => HoldsAsync(() => Task.FromResult(condition()), state, what);

    public static async Task HoldsAsync(
        Func<Task<bool>> condition, Func<string>? state = null, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var deadline = DateTime.UtcNow + s_deadline;
        while (!await condition())
        {
            if (DateTime.UtcNow > deadline)
                Assert.Fail($"It never came to this: {what}\n{state?.Invoke()}");
            await Task.Delay(5);
        }
    }
}
