using Exports.Demo.Events;

namespace Exports.Demo.Tests;

public sealed class HistoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("exports-demo-").FullName;

    private string File => Path.Combine(_directory, "history.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Events_of_earlier_starts_keep_their_times()
    {
        var first = History.Open(File, 6);
        first.Begin(5_000_000, 1000);
        first.Reserve(3000);
        var second = History.Open(File, 6);
        second.Begin(60_000_000, 10);
        second.Reserve(3010);
        var third = History.Open(File, 6);
        Assert.Equal((first.Seed, 6, 3010), (third.Seed, third.Partitions, third.Reserved));
        Assert.Equal(5_000_000, third.TimeOf(0));
        Assert.Equal(5_000_000 + 2_999_000, third.TimeOf(2999));
        Assert.Equal(60_000_000, third.TimeOf(3000));
        Assert.Equal(60_900_000, third.TimeOf(3009));
    }

    [Fact]
    public void A_run_of_which_nothing_was_reserved_is_superseded_by_the_next()
    {
        var history = History.Open(File, 6);
        history.Begin(1_000_000, 1);
        history.Begin(2_000_000, 1);
        Assert.Equal(2_000_000, history.TimeOf(0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"seed":1,"partitions":6,"reserved":0,"runs":[]}""")]
    [InlineData("""{"version":1,"seed":1,"partitions":6,"reserved":""")]
    public void A_file_that_is_no_history_is_refused(string content)
    {
        System.IO.File.WriteAllText(File, content);
        var e = Assert.Throws<InvalidDataException>(() => History.Open(File, 6));
        Assert.Contains(File, e.Message);
        Assert.Equal(content, System.IO.File.ReadAllText(File));
    }
}
