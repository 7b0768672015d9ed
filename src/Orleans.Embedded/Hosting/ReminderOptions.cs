namespace Orleans.Hosting;

/// <summary>What holds for all reminders.</summary>
public sealed class ReminderOptions
{
    /// <summary>The shortest period that a reminder may have. Default: one minute.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
}
