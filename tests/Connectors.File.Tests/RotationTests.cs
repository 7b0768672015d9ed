using IOFile = System.IO.File;

namespace Exports.Connectors.File.Tests;

public sealed class RotationTests : FileSinkFixture
{
    [Fact]
    public async Task No_file_is_larger_than_the_limit_and_no_record_is_split_or_lost()
    {
        var task = await StartAsync(("file.rotate.bytes", "100"));
        var values = Enumerable.Range(0, 500).Select(i => new string((char)('a' + i % 26), i % 40) + i).ToArray();

        // Batches of all sizes: several files in one batch, several batches in one file.
        var taken = 0;
        for (var size = 1; taken < values.Length; taken += size, size = size * 2 % 61)
            await PutAsync(task, [.. values.Skip(taken).Take(size)]);
        await FlushAsync(task);

        var files = Files();
        Assert.True(files.Count > 20);
        Assert.Equal(Enumerable.Range(1, files.Count - 1).Select(i => $"{Target}.{i:D6}"), files.SkipLast(1));
        Assert.Equal(values, files.SelectMany(IOFile.ReadLines));
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 100));
        Assert.Contains($"{Target} has reached its size and was renamed to {Target}.000001.", Logger.Lines);
    }

    [Fact]
    public async Task A_record_larger_than_the_limit_has_a_file_of_its_own()
    {
        var task = await StartAsync(("file.rotate.bytes", "10"));

        await PutAsync(task, "small", new string('x', 50), "tiny", new string('y', 50));

        Assert.Equal(["small\n", new string('x', 50) + "\n", "tiny\n", new string('y', 50) + "\n"],
            Files().Select(IOFile.ReadAllText));
    }

    [Fact]
    public async Task Only_the_newest_are_kept()
    {
        await IOFile.WriteAllTextAsync(In("out.jsonl.old"), "not ours");
        await IOFile.WriteAllTextAsync(In("out.jsonl.12"), "not ours either");
        await IOFile.WriteAllTextAsync(In("other.jsonl.000001"), "of another");
        var task = await StartAsync(("file.rotate.bytes", "2"), ("file.rotate.keep", "3"));

        await PutAsync(task, "1", "2", "3", "4", "5", "6", "7");

        Assert.Equal(
            ["other.jsonl.000001", "out.jsonl", "out.jsonl.000004", "out.jsonl.000005", "out.jsonl.000006", "out.jsonl.12",
                "out.jsonl.old"],
            Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("7\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task Numbers_go_on_after_a_restart()
    {
        await IOFile.WriteAllTextAsync(In("out.jsonl.000041"), "older\n");
        await IOFile.WriteAllTextAsync(Target, "old\n");
        var task = await StartAsync(("file.rotate.bytes", "4"));

        await PutAsync(task, "new");
        await StopAsync(task);
        await PutAsync(await StartAsync(("file.rotate.bytes", "4")), "and");

        Assert.Equal(["older\n", "old\n", "new\n", "and\n"], Files().Select(IOFile.ReadAllText));
        Assert.True(IOFile.Exists(In("out.jsonl.000043")));
    }

    [Fact]
    public async Task A_name_that_cannot_be_taken_leaves_the_file_where_it_is()
    {
        var task = await StartAsync(("file.rotate.bytes", "2"));
        await PutAsync(task, "1");
        Directory.CreateDirectory(In("out.jsonl.000001"));

        var error = await Assert.ThrowsAnyAsync<Sdk.ConnectException>(() => PutAsync(task, "2"));
        Assert.StartsWith($"The file {Target} cannot be written: ", error.Message, StringComparison.Ordinal);
        Assert.Equal("1\n", await IOFile.ReadAllTextAsync(Target));

        Directory.Delete(In("out.jsonl.000001"));
        await PutAsync(task, "2");
        Assert.Equal(["1\n", "2\n"], Files().Select(IOFile.ReadAllText));
    }

    private List<string> Files()
        => [.. Directory.GetFiles(Folder).Where(file => file != Target).Order(StringComparer.Ordinal), Target];
}
