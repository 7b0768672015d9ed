using Exports.Grains.Storage.Sqlite;

namespace Exports.Engine.Tests;

public sealed class ReminderTests : EngineTest
{
    private static readonly TimeSpan s_often = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task A_reminder_ticks_until_it_is_unregistered()
    {
        await using var silo = await StartAsync(InMemory);
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        await grain.RegisterAsync("r", TimeSpan.Zero, s_often);
        await Stage.SeenAsync("a r ticks", 3);
        await grain.UnregisterAsync("r");
        var ticks = Stage.Count("a r ticks");
        await grain.RegisterAsync("clock", TimeSpan.Zero, s_often);
        await Stage.SeenAsync("a clock ticks", 4);
        Assert.InRange(Stage.Count("a r ticks"), ticks, ticks + 1);
        Assert.Equal("clock", await grain.ListAsync());
    }

    [Fact]
    public async Task A_reminder_wakes_its_grain()
    {
        await using var silo = await StartAsync(InMemory);
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        await grain.RegisterAsync("r", s_often, s_often);
        await grain.EndAsync();
        await Stage.SeenAsync("a activated", 2);
        await Stage.SeenAsync("a r ticks", 2);
    }

    [Fact]
    public async Task A_tick_says_when_the_first_was_due_and_the_period()
    {
        await using var silo = await StartAsync(InMemory);
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        var before = DateTime.UtcNow;
        await grain.RegisterAsync("r", TimeSpan.FromMilliseconds(300), s_often);
        await Stage.SeenAsync("a r ticks", 2);
        var status = await grain.GetLastTickAsync();
        Assert.Equal(s_often, status.Period);
        Assert.InRange(status.FirstTickTime, before, DateTime.UtcNow);
        Assert.InRange(status.CurrentTickTime, status.FirstTickTime, DateTime.UtcNow);
        Assert.Equal(DateTimeKind.Utc, status.FirstTickTime.Kind);
    }

    [Fact]
    public async Task A_tick_is_not_sent_before_the_last_one_is_answered()
    {
        await using var silo = await StartAsync(InMemory);
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        Stage.Note("a r is held");
        await grain.RegisterAsync("r", TimeSpan.Zero, s_often);
        await Stage.SeenAsync("a r gate waits");
        await silo.Grains.GetGrain<IReminderGrain>("b").RegisterAsync("clock", TimeSpan.Zero, s_often);
        await Stage.SeenAsync("b clock ticks", 4);
        Assert.Equal(1, Stage.Count("a r ticks"));
        Stage.Open("a r gate");
        await Stage.SeenAsync("a r ticks", 2);
    }

    [Fact]
    public async Task A_tick_that_throws_does_not_end_the_reminder()
    {
        await using var silo = await StartAsync(InMemory);
        Stage.Note("a r throws");
        await silo.Grains.GetGrain<IReminderGrain>("a").RegisterAsync("r", TimeSpan.Zero, s_often);
        await Stage.SeenAsync("a r ticks", 3);
    }

    [Fact]
    public async Task A_reminder_can_be_looked_up_and_replaced()
    {
        await using var silo = await StartAsync(InMemory);
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        Assert.False(await grain.HasAsync("r"));
        await grain.RegisterAsync("r", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RegisterAsync("s", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        Assert.True(await grain.HasAsync("r"));
        Assert.Equal("r s", await grain.ListAsync());
        Assert.Equal(string.Empty, await silo.Grains.GetGrain<IReminderGrain>("b").ListAsync());
        await grain.RegisterAsync("r", TimeSpan.Zero, s_often);
        await Stage.SeenAsync("a r ticks");
        Assert.Equal("r s", await grain.ListAsync());
        Assert.Equal(0, Stage.Count("a s ticks"));
        await grain.UnregisterAsync("s");
        Assert.Equal("r", await grain.ListAsync());
    }

    [Fact]
    public async Task A_period_below_the_minimum_is_refused()
    {
        await using var silo = await StartAsync(builder => builder.UseInMemoryReminderService());
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => grain.RegisterAsync("r", TimeSpan.Zero, TimeSpan.FromSeconds(59)));
        Assert.Contains("00:01:00", exception.Message);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => grain.RegisterAsync("r", TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1)));
        Assert.False(await grain.HasAsync("r"));
    }

    [Fact]
    public async Task A_reminder_survives_a_restart()
    {
        using var directory = new DataDirectory();
        await using (var silo = await StartAsync(builder => InFile(builder, directory)))
        {
            var grain = silo.Grains.GetGrain<IReminderGrain>("a");
            await grain.RegisterAsync("r", TimeSpan.Zero, s_often);
            await grain.RegisterAsync("gone", TimeSpan.Zero, s_often);
            await grain.UnregisterAsync("gone");
            await Stage.SeenAsync("a r ticks");
        }

        var activations = Stage.Count("a activated");
        var ticks = Stage.Count("a r ticks");
        var gone = Stage.Count("a gone ticks");
        await using (var silo = await StartAsync(builder => InFile(builder, directory)))
        {
            await Stage.SeenAsync("a r ticks", ticks + 2);
            Assert.Equal(activations + 1, Stage.Count("a activated"));
            Assert.Equal(gone, Stage.Count("a gone ticks"));
            await silo.Grains.GetGrain<IReminderGrain>("a").UnregisterAsync("r");
        }

        ticks = Stage.Count("a r ticks");
        await using (var silo = await StartAsync(builder => InFile(builder, directory)))
        {
            await silo.Grains.GetGrain<IReminderGrain>("a").RegisterAsync("clock", TimeSpan.Zero, s_often);
            await Stage.SeenAsync("a clock ticks", 3);
            Assert.Equal(ticks, Stage.Count("a r ticks"));
        }
    }

    private static void InMemory(ISiloBuilder silo) => silo
        .UseInMemoryReminderService()
        .Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));

    private static void InFile(ISiloBuilder silo, DataDirectory directory) => silo
        .UseSqliteStorage(directory.Path)
        .Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
}

internal interface IReminderGrain : IGrainWithStringKey
{
    Task RegisterAsync(string name, TimeSpan dueTime, TimeSpan period);

    Task UnregisterAsync(string name);

    Task<bool> HasAsync(string name);

    Task<string> ListAsync();

    Task<TickStatus> GetLastTickAsync();

    Task EndAsync();
}

internal sealed class ReminderGrain(Stage stage) : Grain, IReminderGrain, IRemindable
{
    private TickStatus _last;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stage.Note($"{Key} activated");
        return Task.CompletedTask;
    }

    public Task RegisterAsync(string name, TimeSpan dueTime, TimeSpan period) => this.RegisterOrUpdateReminder(name, dueTime, period);

    public async Task UnregisterAsync(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<bool> HasAsync(string name) => await this.GetReminder(name) is { } reminder && reminder.ReminderName == name;

    public async Task<string> ListAsync() =>
        string.Join(' ', (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal));

    public Task<TickStatus> GetLastTickAsync() => Task.FromResult(_last);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _last = status;
        stage.Note($"{Key} {reminderName} ticks");
        if (stage.Count($"{Key} {reminderName} is held") > 0)
            await stage.WaitAsync($"{Key} {reminderName} gate");

        if (stage.Count($"{Key} {reminderName} throws") > 0)
            throw new NotSupportedException("as a test");
    }

    public Task EndAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
