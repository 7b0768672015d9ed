namespace Orleans;

/// <summary>Some stored reminders.</summary>
public sealed class ReminderTableData
{
    public ReminderTableData()
    {
        Reminders = [];
    }

    public ReminderTableData(IEnumerable<ReminderEntry> list)
    {
        Reminders = [.. list];
    }

    public ReminderTableData(ReminderEntry entry)
    {
        Reminders = [entry];
    }

    public IList<ReminderEntry> Reminders { get; }
}
