using System.Security.Cryptography;
using Exports.Grains.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace Exports.Engine.Tests.Storage;

public sealed class StateFileTests : IDisposable
{
    private readonly DataDirectory _directory = new();

    [Fact]
    public async Task Writes_that_wait_are_committed_together()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        using var writing = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var commits = 0;
        var first = file.WriteAsync(connection =>
        {
            SQLitePCL.raw.sqlite3_commit_hook(connection.Handle, _ => Interlocked.Increment(ref commits) * 0, null);
            writing.Set();
            return go.Wait(TimeSpan.FromSeconds(30));
        });
        Assert.True(writing.Wait(TimeSpan.FromSeconds(30)));
        var writes = Enumerable.Range(0, 1000).Select(i => file.WriteNewAsync($"{i}", $"text {i}", i)).ToList();
        go.Set();
        await first;
        var states = await Task.WhenAll(writes);
        Assert.InRange(commits, 1, 3);
        Assert.Equal(1000, states.Select(state => state.ETag).Distinct().Count());
        for (var i = 0; i < 1000; i++)
            Assert.Equal(i, (await file.ReadAsync($"{i}")).State!.Number);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_others_of_its_transaction_alone()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var stale = await file.WriteNewAsync("stale", "first");
        await file.WriteAsync("stale", await file.ReadAsync("stale"));
        using var go = new ManualResetEventSlim();
        var first = file.WriteAsync(_ => go.Wait(TimeSpan.FromSeconds(30)));
        var good = file.WriteNewAsync("good", "text");
        var bad = file.WriteAsync("stale", stale);
        var broken = file.WriteAsync(connection => connection.Run("INSERT INTO nothing VALUES (1)"));
        var better = file.WriteNewAsync("better", "text");
        go.Set();
        await Task.WhenAll(first, good, better);
        await Assert.ThrowsAsync<InconsistentStateException>(() => bad);
        await Assert.ThrowsAsync<SqliteStorageException>(() => broken);
        Assert.True((await file.ReadAsync("good")).RecordExists);
        Assert.True((await file.ReadAsync("better")).RecordExists);
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_and_keeps_state_and_etag()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var state = await file.WriteNewAsync("a", "first");
        var etag = state.ETag;
        await file.WriteAsync(connection => connection.Run("PRAGMA max_page_count = 10"));
        state.State!.Text = new string('x', 200_000);
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(() => file.WriteAsync("a", state));
        Assert.Contains("disk is full", exception.Message);
        Assert.Contains(_directory.File, exception.Message);
        Assert.Equal(etag, state.ETag);
        Assert.Equal(("first", etag), ((await file.ReadAsync("a")).State!.Text, (await file.ReadAsync("a")).ETag));
        await file.WriteAsync(connection => connection.Run("PRAGMA max_page_count = 1000"));
        await file.WriteAsync("a", state);
        Assert.Equal(200_000, (await file.ReadAsync("a")).State!.Text.Length);
    }

    [Fact]
    public async Task A_file_in_use_is_refused_and_left_alone()
    {
        await using var first = await StateFiles.OpenAsync(_directory);
        await first.WriteNewAsync("a", "first");
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(() => StateFiles.OpenAsync(_directory));
        Assert.Contains(_directory.File, exception.Message);
        Assert.Contains("in use by another worker", exception.Message);
        await first.WriteNewAsync("b", "still mine");
        Assert.Equal("first", (await first.ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task A_closed_file_can_be_opened_again_and_takes_no_more_writes()
    {
        var first = await StateFiles.OpenAsync(_directory);
        await first.DisposeAsync();
        await Assert.ThrowsAsync<SqliteStorageException>(() => first.WriteNewAsync("a", "late"));
        await Assert.ThrowsAsync<SqliteStorageException>(() => first.ReadAsync("a"));
        await using var second = await StateFiles.OpenAsync(_directory);
        await second.WriteNewAsync("a", "first");
    }

    [Fact]
    public async Task Closing_waits_for_the_writes_that_were_asked_for()
    {
        List<Task<GrainState<StoredState>>> writes;
        await using (var file = await StateFiles.OpenAsync(_directory))
            writes = [.. Enumerable.Range(0, 100).Select(i => file.WriteNewAsync($"{i}", "text"))];

        await Task.WhenAll(writes);
        await using var again = await StateFiles.OpenAsync(_directory);
        Assert.True((await again.ReadAsync("99")).RecordExists);
    }

    [Fact]
    public async Task A_closed_file_is_complete_without_its_log()
    {
        await using (var file = await StateFiles.OpenAsync(_directory))
        {
            await file.WriteNewAsync("a", "first");
            await file.ReadAsync("a");
        }

        Assert.Equal(["exports.db", "exports.db.lock"], Directory.EnumerateFiles(_directory.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public Task A_damaged_file_is_refused_and_left_as_it_is() => RefusesAsync("damaged", async () =>
    {
        await FillAsync();
        using var file = new FileStream(_directory.File, FileMode.Open);
        var noise = new byte[3 * 4096];
        new Random(1).NextBytes(noise);
        file.Position = 4 * 4096;
        file.Write(noise);
    });

    [Fact]
    public Task A_truncated_file_is_refused_and_left_as_it_is() => RefusesAsync("damaged", async () =>
    {
        await FillAsync();
        using var file = new FileStream(_directory.File, FileMode.Open);
        file.SetLength(file.Length / 2);
    });

    [Fact]
    public Task A_text_file_is_refused_and_left_as_it_is() =>
        RefusesAsync("not a state file of Exports", () => File.WriteAllTextAsync(_directory.File, "These are my notes, please keep them."));

    [Fact]
    public Task An_empty_file_is_refused_and_left_as_it_is() =>
        RefusesAsync("not a state file of Exports", () => File.WriteAllTextAsync(_directory.File, string.Empty));

    [Fact]
    public Task A_file_of_another_program_is_refused_and_left_as_it_is() => RefusesAsync("not a state file of Exports", () =>
    {
        using var connection = new SqliteConnection($"Data Source={_directory.File};Pooling=False");
        connection.Open();
        connection.Run("CREATE TABLE state (x); INSERT INTO state VALUES (1)");
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_file_of_a_newer_version_is_refused_and_left_as_it_is() => RefusesAsync("has format 99", async () =>
    {
        await FillAsync();
        await using var connection = new SqliteConnection($"Data Source={_directory.File};Pooling=False");
        connection.Open();
        connection.Run("PRAGMA user_version = 99");
    });

    [Fact]
    public async Task A_missing_file_whose_log_is_there_is_refused()
    {
        await File.WriteAllTextAsync(_directory.File + "-wal", "log");
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(() => StateFiles.OpenAsync(_directory));
        Assert.Contains("is missing", exception.Message);
        Assert.False(File.Exists(_directory.File));
    }

    [Fact]
    public async Task A_half_made_file_of_a_crashed_first_start_is_in_nobodys_way()
    {
        await File.WriteAllTextAsync(_directory.File + ".new", "half");
        await using var file = await StateFiles.OpenAsync(_directory);
        await file.WriteNewAsync("a", "first");
    }

    [Fact]
    public async Task A_data_directory_that_is_none_is_refused()
    {
        var path = Path.Combine(_directory.Path, "file");
        await File.WriteAllTextAsync(path, "x");
        await using var file = new StateFile(path, Microsoft.Extensions.Logging.Abstractions.NullLogger<StateFile>.Instance);
        var exception = Assert.Throws<SqliteStorageException>(file.Open);
        Assert.Contains(path, exception.Message);
    }

    [Fact]
    public async Task The_file_is_its_owners_alone()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        await file.WriteNewAsync("a", "secret");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File + "-wal"));
        }
    }

    public void Dispose() => _directory.Dispose();

    private async Task FillAsync()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => file.WriteNewAsync($"{i}", new string('x', 500))));
    }

    private async Task RefusesAsync(string why, Func<Task> prepare)
    {
        await prepare();
        var before = SHA256.HashData(await File.ReadAllBytesAsync(_directory.File));
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(() => StateFiles.OpenAsync(_directory));
        Assert.Contains(_directory.File, exception.Message);
        Assert.Contains(why, exception.Message);
        Assert.Contains("Nothing was changed", exception.Message);
        Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(_directory.File)));

        // And the refusal is not the last word: with the file out of the way, a new one is made.
        File.Delete(_directory.File);
        await using var file = await StateFiles.OpenAsync(_directory);
        await file.WriteNewAsync("a", "first");
    }
}
