using Orleans.Configuration;

namespace Exports.Engine.Tests;

public sealed class CollectionTests : EngineTest
{
    [Fact]
    public async Task Idle_grains_are_collected_and_those_that_ask_for_it_stay()
    {
        await using var silo = await StartAsync(builder => builder.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromMilliseconds(500);
            options.CollectionAge = TimeSpan.FromSeconds(1.5);
        }));
        await silo.Grains.GetGrain<ILifeGrain>("idle").GetActivationAsync();
        await silo.Grains.GetGrain<IKeptGrain>("kept").CallAsync();
        await silo.Grains.GetGrain<ILifeGrain>("delayed").DelayAsync(Timeout.InfiniteTimeSpan);
        await silo.Grains.GetGrain<ILifeGrain>("undelayed").DelayAsync(Timeout.InfiniteTimeSpan);
        await silo.Grains.GetGrain<ILifeGrain>("undelayed").DelayAsync(TimeSpan.Zero);
        var busy = await silo.Grains.GetGrain<ILifeGrain>("waiting").GetActivationAsync();
        var waiting = silo.Grains.GetGrain<ILifeGrain>("waiting").PassAsync("gate");
        await Stage.SeenAsync("idle deactivated ActivationIdle");
        await Stage.SeenAsync("undelayed deactivated ActivationIdle");

        // A second one, so that the others have been looked at often enough.
        await silo.Grains.GetGrain<ILifeGrain>("later").GetActivationAsync();
        await Stage.SeenAsync("later deactivated ActivationIdle");
        Assert.Equal(0, Stage.Count("kept deactivated ActivationIdle"));
        Assert.Equal(0, Stage.Count("delayed deactivated ActivationIdle"));
        Assert.Equal(0, Stage.Count("waiting deactivated ActivationIdle"));
        Stage.Open("gate");
        await waiting;
        Assert.Equal(busy, await silo.Grains.GetGrain<ILifeGrain>("waiting").GetActivationAsync());
    }

    [Fact]
    public async Task Options_that_no_silo_can_keep_are_refused()
    {
        var exception = await Assert.ThrowsAsync<OrleansConfigurationException>(() => StartAsync(builder =>
            builder.Configure<GrainCollectionOptions>(options => options.CollectionAge = options.CollectionQuantum)));
        Assert.Contains("CollectionAge", exception.Message);
    }

    [Fact]
    public async Task An_activation_in_use_is_not_collected()
    {
        await using var silo = await StartAsync(builder => builder.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromMilliseconds(500);
            options.CollectionAge = TimeSpan.FromSeconds(4);
        }));
        var used = silo.Grains.GetGrain<ILifeGrain>("used");
        var first = await used.GetActivationAsync();
        await silo.Grains.GetGrain<ILifeGrain>("idle").GetActivationAsync();
        while (Stage.Count("idle deactivated ActivationIdle") == 0)
        {
            Assert.Equal(first, await used.GetActivationAsync());
            await Task.Delay(20);
        }

        Assert.Equal(first, await used.GetActivationAsync());
    }
}
