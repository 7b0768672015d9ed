using Orleans.Runtime;

namespace Orleans;

/// <summary>Where reminders are stored.</summary>
public interface IReminderTable
{
    /// <summary>Called once, before any other method. A throw keeps the silo from starting.</summary>
    Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>The reminders of a grain.</summary>
    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>
    /// The reminders of all grains whose hash is above <paramref name="begin"/> and up to <paramref name="end"/>, on a ring:
    /// all of them when the two are the same.
    /// </summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    /// <summary>One reminder, or null.</summary>
    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    /// <summary>Stores a reminder, whatever was there before.</summary>
    /// <returns>Its new ETag; null when somebody else was faster.</returns>
    Task<string?> UpsertRow(ReminderEntry entry);

    /// <summary>Removes a reminder when its ETag is the stored one.</summary>
    /// <returns>True when it was removed.</returns>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    /// <summary>Removes all reminders, for tests.</summary>
    Task TestOnlyClearTable();

    /// <summary>Called once, after the last use.</summary>
    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
}
