namespace Exports.Engine.Tests.Embedded;

/// <summary>Under Orleans the word of a cancellation may come after the request has begun.</summary>
public sealed class WithdrawalTests : EngineTest
{
    [Fact]
    public async Task A_call_that_is_cancelled_while_it_waits_for_the_grain_is_not_begun()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ICallGrain>("a");
        var first = grain.PassAsync("first");
        await Stage.SeenAsync("first waits");
        using var cancellation = new CancellationTokenSource();
        var call = grain.WaitForeverAsync("x", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Stage.Open("first");
        await first;
        Assert.Equal(5, await grain.AddAsync(2, 3));
        Assert.Equal(0, Stage.Count("x begun"));
    }
}
