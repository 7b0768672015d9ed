using Exports.Grains.Storage.Sqlite;
using Orleans.Storage;

namespace Exports.Engine.Tests.Storage;

public sealed class SqliteGrainStorageTests : IDisposable
{
    private readonly DataDirectory _directory = new();

    [Fact]
    public async Task Missing_state_is_new_and_has_no_etag()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var state = await file.ReadAsync("a");
        Assert.Equal(("new", null, false), (state.State!.Text, state.ETag, state.RecordExists));
    }

    [Fact]
    public async Task State_is_there_after_the_file_was_closed_and_opened()
    {
        string? etag;
        await using (var file = await StateFiles.OpenAsync(_directory))
            etag = (await file.WriteNewAsync("a", "text", 5)).ETag;

        await using (var file = await StateFiles.OpenAsync(_directory))
        {
            var state = await file.ReadAsync("a");
            Assert.Equal(("text", 5, etag, true), (state.State!.Text, state.State!.Number, state.ETag, state.RecordExists));
            Assert.False((await file.ReadAsync("b")).RecordExists);
        }
    }

    [Fact]
    public async Task Each_write_has_a_new_etag()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var state = await file.WriteNewAsync("a", "1");
        var first = state.ETag;
        state.State!.Text = "2";
        await file.WriteAsync("a", state);
        Assert.NotNull(first);
        Assert.NotEqual(first, state.ETag);
        Assert.Equal(("2", state.ETag), ((await file.ReadAsync("a")).State!.Text, (await file.ReadAsync("a")).ETag));
    }

    [Fact]
    public async Task A_stale_etag_overwrites_nothing()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var mine = await file.WriteNewAsync("a", "first");
        var theirs = await file.ReadAsync("a");
        theirs.State!.Text = "theirs";
        await file.WriteAsync("a", theirs);
        mine.State!.Text = "mine";
        var etag = mine.ETag;
        var exception = await Assert.ThrowsAsync<InconsistentStateException>(() => file.WriteAsync("a", mine));
        Assert.Equal((theirs.ETag, etag, etag), (exception.StoredEtag, exception.CurrentEtag, mine.ETag));
        Assert.Contains("test/a", exception.Message);
        Assert.Equal("theirs", (await file.ReadAsync("a")).State!.Text);
        await Assert.ThrowsAsync<InconsistentStateException>(() => file.ClearAsync("a", mine));
        Assert.Equal("theirs", (await file.ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task A_state_that_was_never_read_overwrites_nothing()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        await file.WriteNewAsync("a", "first");
        await Assert.ThrowsAsync<InconsistentStateException>(() => file.WriteNewAsync("a", "second"));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => file.ClearAsync("a", new GrainState<StoredState>(new StoredState())));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => file.WriteAsync("a", new GrainState<StoredState>(new StoredState(), "not one of ours")));
        Assert.Equal("first", (await file.ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task A_cleared_state_is_gone_and_its_old_etags_stay_stale()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var state = await file.WriteNewAsync("a", "first");
        var old = await file.ReadAsync("a");
        await file.ClearAsync("a", state);
        Assert.Equal(("new", null, false), (state.State!.Text, state.ETag, state.RecordExists));
        Assert.False((await file.ReadAsync("a")).RecordExists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => file.WriteAsync("a", old));
        await file.ClearAsync("a", state);
        await file.WriteAsync("a", state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => file.WriteAsync("a", old));
        Assert.Equal("new", (await file.ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task Of_many_writers_with_one_etag_one_wins()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        await file.WriteNewAsync("a", "first");
        var states = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => file.ReadAsync("a")));
        var results = await Task.WhenAll(states.Select((state, i) => Task.Run(async () =>
        {
            state.State!.Text = $"{i}";
            try
            {
                await file.WriteAsync("a", state);
                return $"{i}";
            }
            catch (InconsistentStateException)
            {
                return null;
            }
        })));
        Assert.Equal((await file.ReadAsync("a")).State!.Text, Assert.Single(results, result => result is not null));
    }

    [Fact]
    public async Task What_is_written_is_the_state_at_the_time_of_the_call()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var state = new GrainState<StoredState>(new StoredState { Text = "at the call" });
        var write = file.WriteAsync("a", state);
        state.State!.Text = "later";
        await write;
        Assert.Equal("at the call", (await file.ReadAsync("a")).State!.Text);
    }

    [Fact]
    public async Task States_of_all_kinds_come_back_as_they_were()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var storage = new SqliteGrainStorage(file);
        var grain = GrainId.Create("test", "a/ö\"';--");
        var written = new GrainState<RichState>(new RichState("n", new() { ["k"] = 1 }, [new Spot(1, 2)], DayOfWeek.Friday, null));
        await storage.WriteStateAsync("rich", grain, written);
        await storage.WriteStateAsync("number", grain, new GrainState<int>(5));
        var read = new GrainState<RichState>();
        await storage.ReadStateAsync("rich", grain, read);
        Assert.Equal(written.State!.ToString(), read.State!.ToString());
        Assert.Equal(written.State!.Numbers, read.State!.Numbers);
        Assert.Equal(written.State!.Spots, read.State!.Spots);
        var number = new GrainState<int>();
        await storage.ReadStateAsync("number", grain, number);
        Assert.Equal(5, number.State);
    }

    [Fact]
    public async Task A_state_that_is_not_what_the_grain_has_is_named()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        await new SqliteGrainStorage(file).WriteStateAsync("stored", GrainId.Create("test", "a"), new GrainState<string>("no object"));
        var exception = await Assert.ThrowsAsync<SqliteStorageException>(() => file.ReadAsync("a"));
        Assert.Contains("test/a", exception.Message);
        Assert.Contains(_directory.File, exception.Message);
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_its_turn_does_not_happen()
    {
        await using var file = await StateFiles.OpenAsync(_directory);
        var state = new GrainState<StoredState>(new StoredState());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SqliteGrainStorage(file).WriteStateAsync(
            "stored", GrainId.Create("test", "a"), state, new CancellationToken(true)));
        Assert.Null(state.ETag);
        Assert.False((await file.ReadAsync("a")).RecordExists);
    }

    public void Dispose() => _directory.Dispose();
}

internal sealed record RichState(string Name, Dictionary<string, int> Numbers, List<Spot> Spots, DayOfWeek Day, string? Nothing);
