using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;

namespace Orleans.Runtime.Reminders;

/// <summary>
/// Ticks the reminders of the table. A tick is due at the first time plus a whole number of periods; those that were missed
/// while the silo was down, or while the tick before was not answered, are left out.
/// </summary>
internal sealed partial class ReminderService(
    IServiceProvider services, TimeProvider timeProvider, IOptions<ReminderOptions> options, ILogger<ReminderService> logger)
{
    private readonly Dictionary<(GrainId Grain, string Name), Reminder> _reminders = [];
    private IReminderTable? _table;
    private EmbeddedSilo? _silo;
    private bool _stopping;

    private IReminderTable Table => _table ?? throw new OrleansConfigurationException(
        "There is no place to store reminders: register an IReminderTable as a service, or call UseInMemoryReminderService.");

    private DateTime Now => timeProvider.GetUtcNow().UtcDateTime;

    public async Task StartAsync(EmbeddedSilo silo, CancellationToken cancellationToken)
    {
        _silo = silo;
        _table = services.GetService<IReminderTable>();
        if (_table is null)
            return;

        await _table.StartAsync(cancellationToken);
        var stored = await _table.ReadRows(0, 0);
        foreach (var entry in stored.Reminders)
            Schedule(entry);
    }

    /// <summary>Sends no more ticks.</summary>
    public void StopTicks()
    {
        lock (_reminders)
        {
            _stopping = true;
            foreach (var reminder in _reminders.Values)
                Remove(reminder);
        }
    }

    public Task StopTableAsync(CancellationToken cancellationToken) => _table?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async Task<IGrainReminder> RegisterAsync(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, $"Reminder '{name}' of {grain}: allowed is zero or more.");

        if (period < options.Value.MinimumReminderPeriod || period <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"Reminder '{name}' of {grain} has a period of {period}; at least {options.Value.MinimumReminderPeriod} is allowed.",
                nameof(period));
        }

        var entry = new ReminderEntry { GrainId = grain, ReminderName = name, StartAt = Now + dueTime, Period = period };
        entry.ETag = await Table.UpsertRow(entry)
            ?? throw new ReminderException($"Reminder '{name}' of {grain} was changed by somebody else at the same time; try again.");
        Schedule(entry);
        return new RegisteredReminder(grain, name, entry.ETag);
    }

    public async Task UnregisterAsync(IGrainReminder reminder)
    {
        if (reminder is not RegisteredReminder registered)
            throw new ArgumentException("This reminder was not made by the embedded engine.", nameof(reminder));

        var (grain, name, eTag) = (registered.Grain, registered.ReminderName, registered.ETag);
        if (!await Table.RemoveRow(grain, name, eTag) && await Table.ReadRow(grain, name) is not null)
            throw new ReminderException($"Reminder '{name}' of {grain} was registered anew since it was read; read it again.");

        lock (_reminders)
        {
            if (_reminders.TryGetValue((grain, name), out var scheduled) && scheduled.Entry.ETag == eTag)
            {
                Remove(scheduled);
            }
        }
    }

    public async Task<IGrainReminder?> GetAsync(GrainId grain, string name) =>
        await Table.ReadRow(grain, name) is { } entry ? new RegisteredReminder(grain, name, entry.ETag!) : null;

    public async Task<List<IGrainReminder>> GetAllAsync(GrainId grain)
    {
        var rows = await Table.ReadRows(grain);
        return [.. rows.Reminders.Select(entry => new RegisteredReminder(grain, entry.ReminderName, entry.ETag!))];
    }

    private void Schedule(ReminderEntry entry)
    {
        lock (_reminders)
        {
            if (_stopping)
                return;

            var key = (entry.GrainId, entry.ReminderName);
            if (_reminders.TryGetValue(key, out var reminder))
            {
                reminder.Entry = entry;
            }
            else
            {
                reminder = new Reminder(this, entry);
                reminder.Timer = Detached.CreateTimer(timeProvider, static reminder => ((Reminder)reminder!).OnDue(), reminder);
                _reminders.Add(key, reminder);
            }

            Arm(reminder, after: null);
        }
    }

    /// <summary>Sets the timer to the next tick: now or later, and later than a tick that was sent.</summary>
    private void Arm(Reminder reminder, DateTime? after)
    {
        if (reminder.Ticking)
            return;

        var now = Now;
        var first = reminder.Entry.StartAt;
        var earliest = after is { } sent && sent >= now ? sent + TimeSpan.FromTicks(1) : now;
        var period = reminder.Entry.Period.Ticks;
        var periods = earliest <= first ? 0 : ((earliest - first).Ticks + period - 1) / period;
        reminder.Next = first + TimeSpan.FromTicks(periods * period);

        reminder.Timer.Change(DueTime(reminder.Next - now), Timeout.InfiniteTimeSpan);
    }

    /// <summary>A timer waits 49 days at most; when it is too early, it is set again.</summary>
    private static TimeSpan DueTime(TimeSpan wanted) =>
        wanted < TimeSpan.Zero ? TimeSpan.Zero : wanted > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : wanted;

    private void OnDue(Reminder reminder)
    {
        lock (_reminders)
        {
            if (reminder.Removed || reminder.Ticking)
                return;

            if (reminder.Next - Now > TimeSpan.FromMilliseconds(1))
            {
                reminder.Timer.Change(DueTime(reminder.Next - Now), Timeout.InfiniteTimeSpan);
                return;
            }

            reminder.Ticking = true;
        }

        _ = TickAsync(reminder);
    }

    private async Task TickAsync(Reminder reminder)
    {
        var entry = reminder.Entry;
        var due = reminder.Next;
        try
        {
            var grain = (IRemindable)(object)_silo!.References.Get(entry.GrainId, typeof(IRemindable));
            await grain.ReceiveReminder(entry.ReminderName, new TickStatus(entry.StartAt, entry.Period, Now));
        }
        catch (Exception exception) when (!reminder.Removed)
        {
            Log.TickFailed(logger, exception, entry.ReminderName, entry.GrainId);
        }
        catch
        {
            // It was unregistered, or the silo is stopping.
        }

        lock (_reminders)
        {
            reminder.Ticking = false;
            if (!reminder.Removed)
                Arm(reminder, after: due);
        }
    }

    private void Remove(Reminder reminder)
    {
        reminder.Removed = true;
        reminder.Timer.Dispose();
        _reminders.Remove((reminder.Entry.GrainId, reminder.Entry.ReminderName));
    }

    private sealed class Reminder(ReminderService service, ReminderEntry entry)
    {
        public ReminderEntry Entry { get; set; } = entry;

        public ITimer Timer { get; set; } = null!;

        public DateTime Next { get; set; }

        public bool Ticking { get; set; }

        public bool Removed { get; set; }

        public void OnDue() => service.OnDue(this);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Reminder '{Name}' of {Grain} could not be delivered; its next tick is sent all the same.")]
        public static partial void TickFailed(ILogger logger, Exception exception, string name, GrainId grain);
    }
}
