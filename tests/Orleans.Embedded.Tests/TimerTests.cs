using Orleans.Concurrency;

namespace Exports.Engine.Tests;

public sealed class TimerTests : EngineTest
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task A_timer_ticks_again_and_again_until_it_is_disposed()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync("t", s_soon, s_soon);
        await Stage.SeenAsync("t ticks", 3);
        await grain.DisposeAsync("t");
        await Stage.SeenAsync("t cancelled");
        var ticks = Stage.Count("t ticks");
        await grain.StartAsync("clock", s_soon, s_soon);
        await Stage.SeenAsync("clock ticks", 5);
        Assert.Equal(ticks, Stage.Count("t ticks"));
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync("once", s_soon, Timeout.InfiniteTimeSpan);
        await grain.StartAsync("never", Timeout.InfiniteTimeSpan, s_soon);
        await grain.StartAsync("clock", s_soon, s_soon);
        await Stage.SeenAsync("once ticks");
        await Stage.SeenAsync("clock ticks", 10);
        Assert.Equal(1, Stage.Count("once ticks"));
        Assert.Equal(0, Stage.Count("never ticks"));
        await grain.ChangeAsync("never", s_soon, s_soon);
        await Stage.SeenAsync("never ticks", 2);
    }

    [Fact]
    public async Task The_period_counts_from_the_end_of_a_tick()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync("held", s_soon, s_soon, interleave: true, gate: "gate");
        await grain.StartAsync("clock", s_soon, s_soon, interleave: true);
        await Stage.SeenAsync("gate waits");
        await Stage.SeenAsync("clock ticks", 10);
        Assert.Equal(1, Stage.Count("held ticks"));
        Stage.Open("gate");
        await Stage.SeenAsync("held ticks", 3);
    }

    [Fact]
    public async Task A_tick_waits_for_the_request_that_runs_unless_it_interleaves()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        var running = grain.PassAsync("gate");
        await Stage.SeenAsync("gate waits");
        await grain.StartAsync("queued", s_soon, s_soon);
        await grain.StartAsync("interleaving", s_soon, s_soon, interleave: true);
        await Stage.SeenAsync("interleaving ticks", 10);
        Assert.Equal(0, Stage.Count("queued ticks"));
        Stage.Open("gate");
        await running;
        await Stage.SeenAsync("queued ticks");
    }

    [Fact]
    public async Task A_request_waits_for_the_tick_that_runs()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync("held", s_soon, Timeout.InfiniteTimeSpan, gate: "gate");
        await grain.StartAsync("clock", s_soon, s_soon, interleave: true);
        await Stage.SeenAsync("gate waits");
        var call = grain.CallAsync();
        var ticks = Stage.Count("clock ticks");
        await Stage.SeenAsync("clock ticks", ticks + 5);
        Assert.False(call.IsCompleted);
        Stage.Open("gate");
        await call;
    }

    [Fact]
    public async Task A_tick_that_throws_does_not_end_the_timer()
    {
        await using var silo = await StartAsync();
        Stage.Note("bad throws");
        await silo.Grains.GetGrain<ITimerGrain>("a").StartAsync("bad", s_soon, s_soon);
        await Stage.SeenAsync("bad ticks", 3);
    }

    [Fact]
    public async Task Deactivation_cancels_and_ends_timers()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync("t", s_soon, s_soon);
        await Stage.SeenAsync("t ticks");
        await grain.EndAsync();
        await Stage.SeenAsync("t cancelled");
        await Stage.SeenAsync("a deactivated");
        var ticks = Stage.Count("t ticks");
        var other = silo.Grains.GetGrain<ITimerGrain>("b");
        await other.StartAsync("clock", s_soon, s_soon);
        await Stage.SeenAsync("clock ticks", 5);
        Assert.Equal(ticks, Stage.Count("t ticks"));
    }

    [Fact]
    public async Task Ticks_run_on_the_grains_scheduler_from_activation_on()
    {
        await using var silo = await StartAsync();
        Stage.Note("a has a timer from the start");
        await silo.Grains.GetGrain<ITimerGrain>("a").CallAsync();
        await Stage.SeenAsync("start ticks", 2);
        Assert.Equal(0, Stage.Count("start off the scheduler"));
    }

    [Fact]
    public async Task Times_that_a_timer_cannot_keep_are_refused()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => grain.StartAsync("t", TimeSpan.FromSeconds(-5), s_soon));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => grain.StartAsync("t", s_soon, TimeSpan.FromDays(60)));
    }
}

internal interface ITimerGrain : IGrainWithStringKey
{
    [AlwaysInterleave]
    Task StartAsync(string name, TimeSpan dueTime, TimeSpan period, bool interleave = false, string? gate = null);

    Task ChangeAsync(string name, TimeSpan dueTime, TimeSpan period);

    Task DisposeAsync(string name);

    Task PassAsync(string gate);

    Task CallAsync();

    Task EndAsync();
}

internal sealed class TimerGrain(Stage stage) : Grain, ITimerGrain
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (stage.Count($"{this.GetPrimaryKeyString()} has a timer from the start") > 0)
        {
            var own = TaskScheduler.Current;
            this.RegisterGrainTimer(
                () =>
                {
                    if (TaskScheduler.Current != own)
                        stage.Note("start off the scheduler");

                    stage.Note("start ticks");
                    return Task.CompletedTask;
                },
                TimeSpan.Zero,
                TimeSpan.FromMilliseconds(10));
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stage.Note($"{this.GetPrimaryKeyString()} deactivated");
        return Task.CompletedTask;
    }

    public Task StartAsync(string name, TimeSpan dueTime, TimeSpan period, bool interleave, string? gate)
    {
        var registered = false;
        _timers[name] = this.RegisterGrainTimer(
            async (state, token) =>
            {
                stage.Note($"{state} ticks");
                if (!registered)
                {
                    registered = true;
                    token.Register(() => stage.Note($"{state} cancelled"));
                }

                if (gate is not null)
                    await stage.WaitAsync(gate);

                if (stage.Count($"{state} throws") > 0)
                    throw new NotSupportedException("as a test");
            },
            name,
            new GrainTimerCreationOptions { DueTime = dueTime, Period = period, Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task ChangeAsync(string name, TimeSpan dueTime, TimeSpan period)
    {
        _timers[name].Change(dueTime, period);
        return Task.CompletedTask;
    }

    public Task DisposeAsync(string name)
    {
        _timers[name].Dispose();
        return Task.CompletedTask;
    }

    public Task PassAsync(string gate) => stage.WaitAsync(gate);

    public Task CallAsync() => Task.CompletedTask;

    public Task EndAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
