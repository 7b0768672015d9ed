using System.Diagnostics;

namespace Exports.Engine.Tests.Embedded;

/// <summary>Alone, for it counts the process's threads and bytes.</summary>
[CollectionDefinition(nameof(CapacityTests), DisableParallelization = true)]
[Collection(nameof(CapacityTests))]
public sealed class CapacityTests(ITestOutputHelper output) : EngineTest
{
    private const int Count = 10_000;

    [Fact]
    public async Task Ten_thousand_activations_with_timers_are_cheap()
    {
        await using var silo = await StartAsync();
        await CallAllAsync(silo, "warm", 100);
        var threads = Process.GetCurrentProcess().Threads.Count;
        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        await CallAllAsync(silo, "a", Count);
        var activated = Stopwatch.GetElapsedTime(start);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - bytes) / Count;
        output.WriteLine($"{each} bytes each, {Process.GetCurrentProcess().Threads.Count - threads} more threads, activated in {activated}");
        Assert.InRange(each, 1, 3000);
        Assert.InRange(Process.GetCurrentProcess().Threads.Count, 1, threads + 20);
        start = Stopwatch.GetTimestamp();
        await CallAllAsync(silo, "a", Count);
        output.WriteLine($"called again in {Stopwatch.GetElapsedTime(start)}");
        start = Stopwatch.GetTimestamp();
        await silo.StopAsync();
        output.WriteLine($"deactivated in {Stopwatch.GetElapsedTime(start)}");
    }

    private static async Task CallAllAsync(TestSilo silo, string prefix, int count)
    {
        var sum = await Task.WhenAll(Enumerable.Range(0, count).Select(i => silo.Grains.GetGrain<ISmallGrain>($"{prefix}{i}").CallAsync(i)));
        Assert.Equal((long)count * (count - 1) / 2, sum.Sum(static number => (long)number));
    }
}

internal interface ISmallGrain : IGrainWithStringKey
{
    Task<int> CallAsync(int number);
}

internal sealed class SmallGrain([PersistentState("small", "memory")] IPersistentState<CountState> state) : Grain, ISmallGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(static () => Task.CompletedTask, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
        return Task.CompletedTask;
    }

    public Task<int> CallAsync(int number) => Task.FromResult(number + state.State.Count);
}

internal sealed class CountState
{
    public int Count { get; set; }
}
