using Orleans.Concurrency;
using Orleans.Configuration;

namespace Exports.Engine.Tests;

public sealed class SchedulingTests : EngineTest
{
    [Fact]
    public async Task One_activation_serves_all_calls_of_one_identity()
    {
        await using var silo = await StartAsync();
        var activations = await Task.WhenAll(Enumerable.Range(0, 200)
            .Select(_ => Task.Run(() => silo.Grains.GetGrain<IScheduledGrain>("one").GetActivationAsync())));
        Assert.Single(activations.Distinct());
        Assert.Equal(1, Stage.Count("one constructed"));
    }

    [Fact]
    public async Task Calls_that_meet_at_new_grains_are_all_answered_by_one_activation_each()
    {
        const int Count = 300;
        await using var silo = await StartAsync();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Task.WhenAll(Enumerable.Range(0, Count).Select(i => silo.Grains.GetGrain<IScheduledGrain>($"{i}").GetActivationAsync()))));
        var answers = await Task.WhenAll(callers);
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Equal(Count, answers[0].Distinct().Count());
    }

    [Fact]
    public async Task A_request_waits_until_the_one_before_it_has_ended()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IScheduledGrain>("a");
        var first = grain.PassAsync("first");
        await Stage.SeenAsync("first waits");
        var second = grain.PassAsync("second");

        // Another grain has been served meanwhile, and this one has been asked again and again.
        Stage.Open("other");
        await silo.Grains.GetGrain<IScheduledGrain>("b").PassAsync("other");
        for (var i = 0; i < 20; i++)
            await grain.InterleaveAsync();

        Assert.Equal(0, Stage.Count("second waits"));
        Stage.Open("second");
        Stage.Open("first");
        await Task.WhenAll(first, second);
        Assert.Equal(["first waits", "first passed", "second waits", "second passed"], Stage.Notes.Where(note => note.Contains("st ") || note.Contains("second")));
    }

    [Fact]
    public async Task An_always_interleaving_call_runs_while_another_waits()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IScheduledGrain>("a");
        var waiting = grain.PassAsync("gate");
        await Stage.SeenAsync("gate waits");
        await grain.InterleaveAsync();
        Assert.False(waiting.IsCompleted);
        Stage.Open("gate");
        await waiting;
    }

    [Fact]
    public async Task Read_only_calls_interleave_with_each_other_and_with_nothing_else()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IScheduledGrain>("a");
        var read1 = grain.ReadAsync("read1");
        await Stage.SeenAsync("read1 waits");
        var read2 = grain.ReadAsync("read2");
        await Stage.SeenAsync("read2 waits");
        var write = grain.PassAsync("write");
        await grain.InterleaveAsync();
        Assert.Equal(0, Stage.Count("write waits"));
        Stage.Open("read2");
        await read2;
        await grain.InterleaveAsync();
        Assert.Equal(0, Stage.Count("write waits"));
        Stage.Open("read1");
        await read1;
        await Stage.SeenAsync("write waits");
        var read3 = grain.ReadAsync("read3");
        await grain.InterleaveAsync();
        Assert.Equal(0, Stage.Count("read3 waits"));
        Stage.Open("read3");
        Stage.Open("write");
        await Task.WhenAll(write, read3);
    }

    [Fact]
    public async Task A_reentrant_grain_interleaves_all_calls()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IReentrantGrain>("a");
        var first = grain.PassAsync("first");
        await Stage.SeenAsync("first waits");
        Stage.Open("second");
        await grain.PassAsync("second");
        Assert.False(first.IsCompleted);
        Stage.Open("first");
        await first;
    }

    [Fact]
    public async Task Code_comes_back_to_the_grains_scheduler_after_each_await()
    {
        await using var silo = await StartAsync();
        Assert.Equal(
            ["true", "true", "true", "false", "true", "true"],
            await silo.Grains.GetGrain<IScheduledGrain>("a").CompareSchedulersAsync());
    }

    [Fact]
    public async Task Background_work_and_requests_take_turns_and_never_run_at_once()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IScheduledGrain>("a");
        await grain.StartLoopsAsync(loops: 4, turns: 500);
        var calls = Enumerable.Range(0, 100).Select(_ => grain.TakeTurnsAsync(20)).ToList();
        await Task.WhenAll(calls);
        await Stage.SeenAsync("loop ended", 4);
        Assert.Equal((Turns: (4 * 500) + (100 * 20), Overlaps: 0), await grain.GetTurnsAsync());
    }

    [Fact]
    public async Task Requests_are_served_between_the_awaits_of_background_work()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IScheduledGrain>("a");
        await grain.StartEndlessLoopAsync();
        await Stage.SeenAsync("loop turn", 10);
        Stage.Open("gate");
        await grain.PassAsync("gate");
        var turns = Stage.Count("loop turn");
        await Stage.SeenAsync("loop turn", turns + 10);
    }

    [Fact]
    public async Task A_waiting_grain_does_not_hold_up_others()
    {
        await using var silo = await StartAsync();
        var waiting = silo.Grains.GetGrain<IScheduledGrain>("a").PassAsync("gate");
        await Stage.SeenAsync("gate waits");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => silo.Grains.GetGrain<IScheduledGrain>($"b{i}").GetActivationAsync()));
        Assert.False(waiting.IsCompleted);
        Stage.Open("gate");
        await waiting;
    }

    [Fact]
    public async Task A_cycle_of_calls_ends_in_a_timeout()
    {
        await using var silo = await StartAsync(builder =>
            builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(1)));
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => silo.Grains.GetGrain<IScheduledGrain>("a").CallAndBackAsync("b"));
        Assert.NotNull(exception);
        Assert.Equal(0, Stage.Count("a passed"));
    }

    [Fact]
    public async Task Calls_without_a_cycle_go_through_several_grains()
    {
        await using var silo = await StartAsync();
        Assert.Equal("a b c d", await silo.Grains.GetGrain<IScheduledGrain>("a").ChainAsync(["b", "c", "d"]));
    }

    [Fact]
    public async Task A_grain_has_the_key_and_the_type_that_it_was_asked_for_by()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IScheduledGrain>("my/key");
        Assert.Equal("my/key", grain.GetPrimaryKeyString());
        Assert.Equal(GrainId.Create("tests.scheduled", "my/key"), grain.GetGrainId());
        Assert.Equal("tests.scheduled/my/key", await grain.GetIdentityAsync());
        Assert.Equal(grain, silo.Grains.GetGrain<IScheduledGrain>("my/key"));
        Assert.Equal(GrainId.Create("reentrant", "x"), silo.Grains.GetGrain<IReentrantGrain>("x").GetGrainId());
    }

    [Fact]
    public async Task A_grain_can_hand_out_a_reference_to_itself()
    {
        await using var silo = await StartAsync();
        var self = await silo.Grains.GetGrain<IScheduledGrain>("a").GetSelfAsync();
        Assert.Equal("a", self.GetPrimaryKeyString());
        Assert.Equal("tests.scheduled/a", await self.GetIdentityAsync());
    }
}

[Alias("tests.scheduled")]
internal interface IScheduledGrain : IGrainWithStringKey
{
    Task<Guid> GetActivationAsync();

    Task PassAsync(string gate);

    [AlwaysInterleave]
    Task InterleaveAsync();

    [ReadOnly]
    Task ReadAsync(string gate);

    ValueTask<string[]> CompareSchedulersAsync();

    Task StartLoopsAsync(int loops, int turns);

    Task StartEndlessLoopAsync();

    Task TakeTurnsAsync(int turns);

    Task<(int Turns, int Overlaps)> GetTurnsAsync();

    Task CallAndBackAsync(string other);

    ValueTask BackAsync(IScheduledGrain caller);

    Task<string> ChainAsync(List<string> others);

    Task<string> GetIdentityAsync();

    Task<IScheduledGrain> GetSelfAsync();
}

[GrainType("tests.scheduled")]
internal sealed class ScheduledGrain : Grain, IScheduledGrain
{
    private readonly Stage _stage;
    private readonly Guid _activation = Guid.NewGuid();
    private readonly CancellationTokenSource _ended = new();
    private int _inside;
    private int _turns;
    private int _overlaps;

    public ScheduledGrain(Stage stage)
    {
        _stage = stage;
        stage.Note($"{this.GetPrimaryKeyString()} constructed");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _ended.CancelAsync();

    public Task<Guid> GetActivationAsync() => Task.FromResult(_activation);

    public async Task PassAsync(string gate)
    {
        await _stage.WaitAsync(gate);
        _stage.Note($"{gate} passed");
    }

    public Task InterleaveAsync() => Task.CompletedTask;

    public Task ReadAsync(string gate) => _stage.WaitAsync(gate);

    public async ValueTask<string[]> CompareSchedulersAsync()
    {
        var own = TaskScheduler.Current;
        var seen = new List<bool> { own != TaskScheduler.Default };
        await Task.Delay(1);
        seen.Add(TaskScheduler.Current == own);
        await Task.Yield();
        seen.Add(TaskScheduler.Current == own);
        seen.Add(await Task.Run(() => TaskScheduler.Current == own));
        seen.Add(await Task.Factory.StartNew(() => TaskScheduler.Current == own));
        await Task.WhenAll(Task.Delay(1), GrainFactory.GetGrain<IScheduledGrain>("other").InterleaveAsync());
        seen.Add(TaskScheduler.Current == own);
        return [.. seen.Select(same => same ? "true" : "false")];
    }

    public Task StartLoopsAsync(int loops, int turns)
    {
        for (var i = 0; i < loops; i++)
            _ = LoopAsync(turns);

        return Task.CompletedTask;
    }

    public Task StartEndlessLoopAsync()
    {
        _ = EndlessLoopAsync();
        return Task.CompletedTask;
    }

    public async Task TakeTurnsAsync(int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            TakeTurn();
            await Task.Yield();
        }
    }

    public Task<(int Turns, int Overlaps)> GetTurnsAsync() => Task.FromResult((_turns, _overlaps));

    public async Task CallAndBackAsync(string other)
    {
        await GrainFactory.GetGrain<IScheduledGrain>(other).BackAsync(this.AsReference<IScheduledGrain>());
        _stage.Note($"{this.GetPrimaryKeyString()} passed");
    }

    public async ValueTask BackAsync(IScheduledGrain caller) => await caller.GetActivationAsync();

    public async Task<string> ChainAsync(List<string> others)
    {
        if (others is [])
            return this.GetPrimaryKeyString();

        var rest = await GrainFactory.GetGrain<IScheduledGrain>(others[0]).ChainAsync(others[1..]);
        return $"{this.GetPrimaryKeyString()} {rest}";
    }

    public Task<string> GetIdentityAsync() => Task.FromResult(GrainContext.GrainId.ToString());

    public Task<IScheduledGrain> GetSelfAsync() => Task.FromResult(this.AsReference<IScheduledGrain>());

    private async Task LoopAsync(int turns)
    {
        await TakeTurnsAsync(turns);
        _stage.Note("loop ended");
    }

    private async Task EndlessLoopAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            _stage.Note("loop turn");
            await Task.Delay(1);
        }
    }

    /// <summary>Is found out when two threads are in here at once, and loses counts when they do not see each other's writes.</summary>
    private void TakeTurn()
    {
        if (Interlocked.Increment(ref _inside) != 1)
            Interlocked.Increment(ref _overlaps);

        _turns++;
        Thread.SpinWait(50);
        Interlocked.Decrement(ref _inside);
    }
}

internal interface IReentrantGrain : IGrainWithStringKey
{
    Task PassAsync(string gate);
}

[Reentrant]
internal sealed class ReentrantGrain(Stage stage) : Grain, IReentrantGrain
{
    public Task PassAsync(string gate) => stage.WaitAsync(gate);
}
