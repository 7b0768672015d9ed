using Exports.Grains.Storage.Sqlite;

namespace Exports.Engine.Tests.Storage;

public sealed class SqliteReminderTableTests : IDisposable
{
    private readonly DataDirectory _directory = new();

    [Fact]
    public async Task A_reminder_comes_back_as_it_was_stored()
    {
        var start = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1234567);
        string? etag;
        await using (var file = await StateFiles.OpenAsync(_directory))
            etag = await new SqliteReminderTable(file).UpsertRow(Entry("a", "r", start, TimeSpan.FromTicks(123456789)));

        await using (var file = await StateFiles.OpenAsync(_directory))
        {
            var read = await new SqliteReminderTable(file).ReadRow(GrainId.Create("test", "a"), "r");
            Assert.NotNull(read);
            Assert.Equal(("test/a", "r", start, etag), (read.GrainId.ToString(), read.ReminderName, read.StartAt, read.ETag));
            Assert.Equal((DateTimeKind.Utc, TimeSpan.FromTicks(123456789)), (read.StartAt.Kind, read.Period));
        }
    }

    [Fact]
    public async Task Rows_are_found_by_grain_by_name_and_by_range()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var table = new SqliteReminderTable(file);
        for (var i = 0; i < 20; i++)
        {
            await table.UpsertRow(Entry($"{i}", "r", DateTime.UtcNow, TimeSpan.FromMinutes(1)));
            await table.UpsertRow(Entry($"{i}", "s", DateTime.UtcNow, TimeSpan.FromMinutes(1)));
        }

        Assert.Equal(["r", "s"], (await table.ReadRows(GrainId.Create("test", "7"))).Reminders.Select(entry => entry.ReminderName).Order());
        Assert.Null(await table.ReadRow(GrainId.Create("test", "7"), "t"));
        Assert.Equal(40, (await table.ReadRows(0, 0)).Reminders.Count);
        Assert.Equal(40, (await table.ReadRows(12345, 12345)).Reminders.Count);
        const uint Middle = uint.MaxValue / 2;
        var low = (await table.ReadRows(0, Middle)).Reminders;
        var high = (await table.ReadRows(Middle, 0)).Reminders;
        Assert.Equal(40, low.Count + high.Count);
        Assert.All(low, entry => Assert.InRange(entry.GrainId.GetUniformHashCode(), 1u, Middle));
        Assert.NotEmpty(low);
        Assert.NotEmpty(high);
    }

    [Fact]
    public async Task A_replaced_reminder_is_not_removed_by_its_old_etag()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var table = new SqliteReminderTable(file);
        var grain = GrainId.Create("test", "a");
        var old = await table.UpsertRow(Entry("a", "r", DateTime.UtcNow, TimeSpan.FromMinutes(1)));
        var current = await table.UpsertRow(Entry("a", "r", DateTime.UtcNow, TimeSpan.FromMinutes(2)));
        Assert.False(await table.RemoveRow(grain, "r", old!));
        Assert.Equal(TimeSpan.FromMinutes(2), (await table.ReadRow(grain, "r"))!.Period);
        Assert.True(await table.RemoveRow(grain, "r", current!));
        Assert.False(await table.RemoveRow(grain, "r", current!));
        Assert.Null(await table.ReadRow(grain, "r"));
    }

    [Fact]
    public async Task All_reminders_can_be_removed_for_tests()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var table = new SqliteReminderTable(file);
        await table.UpsertRow(Entry("a", "r", DateTime.UtcNow, TimeSpan.FromMinutes(1)));
        await table.TestOnlyClearTable();
        Assert.Empty((await table.ReadRows(0, 0)).Reminders);
    }

    public void Dispose() => _directory.Dispose();

    private static ReminderEntry Entry(string key, string name, DateTime start, TimeSpan period) =>
        new() { GrainId = GrainId.Create("test", key), ReminderName = name, StartAt = start, Period = period };
}
