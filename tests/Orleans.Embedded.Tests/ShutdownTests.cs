namespace Exports.Engine.Tests;

public sealed class ShutdownTests : EngineTest
{
    [Fact]
    public async Task Stopping_deactivates_all_grains_at_the_same_time()
    {
        const int Count = 100;
        await using var silo = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => silo.Grains.GetGrain<ILifeGrain>($"{i}").EndAtAsync("door")));
        var stopping = silo.StopAsync();
        await Stage.SeenAsync("door waits", Count);
        Assert.False(stopping.IsCompleted);
        Stage.Open("door");
        await stopping;
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(1, Stage.Count($"{i} deactivated ShuttingDown")));
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(1, Stage.Count($"{i} disposed")));
    }

    [Fact]
    public async Task Stopping_waits_for_requests_that_run()
    {
        await using var silo = await StartAsync();
        var call = silo.Grains.GetGrain<ILifeGrain>("a").PassAsync("gate");
        await Stage.SeenAsync("gate waits");
        var stopping = silo.StopAsync();
        Stage.Open("gate");
        await call;
        await stopping;
        Assert.Equal(["gate waits", "a passed gate", "a deactivated ShuttingDown"], Stage.Notes.Where(note => note.Contains("gate") || note.Contains("Down")));
    }

    [Fact]
    public async Task Stopping_ends_with_its_time_and_tells_the_grains_so()
    {
        var silo = await StartAsync(shutdownTimeout: TimeSpan.FromSeconds(2));
        await silo.Grains.GetGrain<ILifeGrain>("a").EndAtAsync("never");
        try
        {
            await silo.StopAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or AggregateException)
        {
            // Orleans says so where the embedded engine warns.
        }

        await Stage.SeenAsync("a was told to hurry");
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_stopped_silo_refuses_calls()
    {
        var silo = await StartAsync();
        var active = silo.Grains.GetGrain<ILifeGrain>("a");
        await active.GetActivationAsync();
        var inactive = silo.Grains.GetGrain<ILifeGrain>("b");
        await silo.StopAsync();
        await Assert.ThrowsAnyAsync<OrleansException>(() => active.GetActivationAsync());
        await Assert.ThrowsAnyAsync<OrleansException>(() => inactive.GetActivationAsync());
        Assert.Equal(0, Stage.Count("b constructed"));
        await silo.DisposeAsync();
    }
}
