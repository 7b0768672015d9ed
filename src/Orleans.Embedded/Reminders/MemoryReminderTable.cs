using System.Globalization;

namespace Orleans.Runtime.Reminders;

internal sealed class MemoryReminderTable : IReminderTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(GrainId Grain, string Name), ReminderEntry> _entries = [];
    private long _version;

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Read(entry => entry.GrainId == grainId);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Read(entry =>
    {
        var hash = entry.GrainId.GetUniformHashCode();
        return begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
    });

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        lock (_lock)
            return Task.FromResult(_entries.TryGetValue((grainId, reminderName), out var entry) ? Copy(entry) : null);
    }

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        var stored = Copy(entry);
        lock (_lock)
        {
            stored.ETag = (++_version).ToString(CultureInfo.InvariantCulture);
            _entries[(entry.GrainId, entry.ReminderName)] = stored;
        }

        return Task.FromResult<string?>(stored.ETag);
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        lock (_lock)
        {
            return Task.FromResult(_entries.TryGetValue((grainId, reminderName), out var entry)
                && entry.ETag == eTag
                && _entries.Remove((grainId, reminderName)));
        }
    }

    public Task TestOnlyClearTable()
    {
        lock (_lock)
            _entries.Clear();

        return Task.CompletedTask;
    }

    private Task<ReminderTableData> Read(Func<ReminderEntry, bool> match)
    {
        lock (_lock)
            return Task.FromResult(new ReminderTableData(_entries.Values.Where(match).Select(Copy)));
    }

    private static ReminderEntry Copy(ReminderEntry entry) => new()
    {
        GrainId = entry.GrainId,
        ReminderName = entry.ReminderName,
        StartAt = entry.StartAt,
        Period = entry.Period,
        ETag = entry.ETag,
    };
}
