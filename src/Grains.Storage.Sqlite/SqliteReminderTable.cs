using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Exports.Grains.Storage.Sqlite;

/// <summary>Grains' reminders, a row for each.</summary>
internal sealed class SqliteReminderTable(StateFile file) : IReminderTable
{
    private const string Columns = "grain_type, grain_key, name, version, start_at, period";
    private const string OfGrain = "grain_type = $type AND grain_key = $key";

    public Task<ReminderTableData> ReadRows(GrainId grainId) =>
        Task.FromResult(new ReminderTableData(Read($"WHERE {OfGrain}", [.. Key(grainId)])));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) =>
        Task.FromResult(new ReminderTableData(Read(string.Empty).Where(entry => IsBetween(begin, entry.GrainId.GetUniformHashCode(), end))));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        Task.FromResult(Read($"WHERE {OfGrain} AND name = $name", [.. Key(grainId), ("$name", reminderName)]).SingleOrDefault());

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        var version = file.NextVersion();
        return file.WriteAsync<string?>(connection =>
        {
            connection.Run(
                $"INSERT OR REPLACE INTO reminder ({Columns}) VALUES ($type, $key, $name, $version, $start, $period)",
                [
                    .. Key(entry.GrainId),
                    ("$name", entry.ReminderName),
                    ("$version", version),
                    ("$start", DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture)),
                    ("$period", entry.Period.ToString("c", CultureInfo.InvariantCulture)),
                ]);
            return ETag(version);
        });
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        var version = long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
        return file.WriteAsync(connection => connection.Run(
            $"DELETE FROM reminder WHERE {OfGrain} AND name = $name AND version = $version",
            [.. Key(grainId), ("$name", reminderName), ("$version", version)]) == 1);
    }

    public Task TestOnlyClearTable() => file.WriteAsync(static connection => connection.Run("DELETE FROM reminder"));

    private static (string Name, object Value)[] Key(GrainId grainId) =>
        [("$type", grainId.Type.ToString()!), ("$key", grainId.Key.ToString()!)];

    private static string ETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a hash lies on the ring after the beginning and up to the end; the same two mean the whole ring.</summary>
    private static bool IsBetween(uint begin, uint hash, uint end) =>
        begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;

    private static ReminderEntry Entry(SqliteDataReader row) => new()
    {
        GrainId = GrainId.Create(row.GetString(0), row.GetString(1)),
        ReminderName = row.GetString(2),
        ETag = ETag(row.GetInt64(3)),
        StartAt = DateTime.Parse(row.GetString(4), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        Period = TimeSpan.ParseExact(row.GetString(5), "c", CultureInfo.InvariantCulture),
    };

    private List<ReminderEntry> Read(string where, params (string Name, object Value)[] parameters) =>
        file.Read(connection => connection.Query($"SELECT {Columns} FROM reminder {where}", Entry, parameters));
}
