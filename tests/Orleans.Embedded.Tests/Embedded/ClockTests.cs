using Microsoft.Extensions.DependencyInjection;

namespace Exports.Engine.Tests.Embedded;

/// <summary>All times of the embedded engine are those of the silo's <see cref="TimeProvider"/>, with Orleans' defaults.</summary>
public sealed class ClockTests : EngineTest
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider _clock = new(s_start);

    [Fact]
    public async Task A_caller_waits_thirty_seconds()
    {
        await using var silo = await StartAsync(WithClock);
        var call = silo.Grains.GetGrain<ICallGrain>("a").PassAsync("gate");
        await Stage.SeenAsync("gate waits");
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Stage.Open("gate");
    }

    [Fact]
    public async Task An_idle_grain_is_collected_after_fifteen_minutes_and_no_sooner()
    {
        await using var silo = await StartAsync(WithClock);
        await silo.Grains.GetGrain<ILifeGrain>("idle").GetActivationAsync();
        await silo.Grains.GetGrain<ILifeGrain>("delayed").DelayAsync(TimeSpan.FromMinutes(30));
        Assert.InRange(await MinutesUntilAsync("idle deactivated ActivationIdle"), 15, int.MaxValue);
        Assert.InRange(await MinutesUntilAsync("delayed deactivated ActivationIdle"), 30, int.MaxValue);
    }

    [Fact]
    public async Task A_timer_does_not_keep_its_grain()
    {
        await using var silo = await StartAsync(WithClock);
        await silo.Grains.GetGrain<ITimerGrain>("idle").StartAsync("t", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Assert.InRange(await MinutesUntilAsync("idle deactivated"), 15, int.MaxValue);
        Assert.NotEqual(0, Stage.Count("t ticks"));
    }

    [Fact]
    public async Task A_timer_that_was_told_to_keeps_its_grain()
    {
        await using var silo = await StartAsync(WithClock);
        await silo.Grains.GetGrain<IKeepingTimerGrain>("kept").CallAsync();
        for (var minute = 1; minute <= 60; minute++)
        {
            // The timer is set again, beside the silo's own.
            await Eventually.TrueAsync(() => _clock.Timers.Count == 2, () => "two timers");
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Stage.SeenAsync("kept ticks", minute);
        }

        Assert.Equal(0, Stage.Count("kept deactivated"));
    }

    [Fact]
    public async Task A_reminder_ticks_at_its_first_time_plus_whole_periods_and_leaves_out_what_was_missed()
    {
        await using var silo = await StartAsync(builder =>
        {
            WithClock(builder);
            builder.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(1));
        });
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        var first = _clock.GetUtcNow() + TimeSpan.FromSeconds(10);
        Stage.Note("a r is held");
        await grain.RegisterAsync("r", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(first, _clock.Timers[0]);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await Stage.SeenAsync("a r gate waits");
        _clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(1, Stage.Count("a r ticks"));
        Stage.Open("a r gate");
        await Eventually.TrueAsync(
            () => _clock.Timers[0] == first + TimeSpan.FromSeconds(15), () => $"the next tick at {first}; timers: {_clock.Timers[0]}");
        _clock.Advance(TimeSpan.FromSeconds(3));
        await Stage.SeenAsync("a r ticks", 2);
        var status = await grain.GetLastTickAsync();
        Assert.Equal((first.UtcDateTime, TimeSpan.FromSeconds(5)), (status.FirstTickTime, status.Period));
        Assert.Equal(first.UtcDateTime + TimeSpan.FromSeconds(15), status.CurrentTickTime);
    }

    [Fact]
    public async Task A_reminder_goes_on_in_step_after_a_restart()
    {
        using var directory = new DataDirectory();
        var first = _clock.GetUtcNow().UtcDateTime + TimeSpan.FromMinutes(1);
        await using (var silo = await StartAsync(builder => WithClockAndFile(builder, directory)))
            await silo.Grains.GetGrain<IReminderGrain>("a").RegisterAsync("r", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        _clock.Advance(TimeSpan.FromMinutes(10.5));
        await using (var silo = await StartAsync(builder => WithClockAndFile(builder, directory)))
        {
            _clock.Advance(TimeSpan.FromSeconds(29));
            Assert.Equal(0, Stage.Count("a r ticks"));
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Stage.SeenAsync("a r ticks");
            Assert.Equal(first + TimeSpan.FromMinutes(10), (await silo.Grains.GetGrain<IReminderGrain>("a").GetLastTickAsync()).CurrentTickTime);
        }
    }

    [Fact]
    public async Task Reminders_further_away_than_timers_reach_come_in_time()
    {
        await using var silo = await StartAsync(WithClock);
        await silo.Grains.GetGrain<IReminderGrain>("a").RegisterAsync("r", TimeSpan.FromDays(100), TimeSpan.FromDays(100));
        _clock.Advance(TimeSpan.FromDays(99.9));
        Assert.Equal(0, Stage.Count("a r ticks"));
        _clock.Advance(TimeSpan.FromDays(0.1));
        await Stage.SeenAsync("a r ticks");
    }

    /// <summary>Lets time pass, minute by minute, until something is noted; gives the minutes since the test began.</summary>
    private async Task<int> MinutesUntilAsync(string note)
    {
        await Eventually.TrueAsync(
            () =>
            {
                if (Stage.Count(note) > 0)
                    return true;

                _clock.Advance(TimeSpan.FromMinutes(1));
                return false;
            },
            () => note);
        return (int)(_clock.GetUtcNow() - s_start).TotalMinutes;
    }

    private void WithClock(ISiloBuilder silo)
    {
        silo.Services.AddSingleton<TimeProvider>(_clock);
        silo.UseInMemoryReminderService();
    }

    private void WithClockAndFile(ISiloBuilder silo, DataDirectory directory)
    {
        silo.Services.AddSingleton<TimeProvider>(_clock);
        Exports.Grains.Storage.Sqlite.SqliteSiloBuilderExtensions.UseSqliteStorage(silo, directory.Path);
    }
}

internal interface IKeepingTimerGrain : IGrainWithStringKey
{
    Task CallAsync();
}

internal sealed class KeepingTimerGrain(Stage stage) : Grain, IKeepingTimerGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            () =>
            {
                stage.Note("kept ticks");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions { DueTime = TimeSpan.FromMinutes(1), Period = TimeSpan.FromMinutes(1), KeepAlive = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stage.Note("kept deactivated");
        return Task.CompletedTask;
    }

    public Task CallAsync() => Task.CompletedTask;
}
