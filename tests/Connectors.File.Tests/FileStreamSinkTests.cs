using Exports.Connectors.Sdk;
using IOFile = System.IO.File;

namespace Exports.Connectors.File.Tests;

public sealed class FileStreamSinkTests : FileSinkFixture
{
    [Fact]
    public async Task Records_are_lines_in_their_order()
    {
        var task = await StartAsync();

        await PutAsync(task, "{\"a\":1}", "", "two words");
        await PutAsync(task, "tëxt");

        Assert.Equal("{\"a\":1}\n\ntwo words\ntëxt\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task Values_of_every_kind_have_a_form()
    {
        var schema = new Schema(SchemaType.Struct, fields: [("id", new(SchemaType.Int64)), ("name", Schema.OptionalString)]);
        var task = await StartAsync();

        await task.PutAsync(new TestBatch(
            TestBatch.Record(ConnectValue.Null),
            TestBatch.Record(ConnectValue.FromBytes(new byte[] { 0xFF, (byte)'a' })),
            TestBatch.Record(ConnectValue.FromUtf8("é"u8.ToArray())),
            TestBatch.Record(ConnectValue.From("a \"text\"")),
            TestBatch.Record(ConnectValue.From(new byte[] { (byte)'b' })),
            TestBatch.Record(ConnectValue.From(42L)),
            TestBatch.Record(ConnectValue.From(1.5m)),
            TestBatch.Record(ConnectValue.From(true)),
            TestBatch.Record(ConnectValue.From(new Dictionary<string, object?>
            { ["a"] = new List<object?> { 1L, null, "é\n" } })),
            TestBatch.Record(ConnectValue.From(new Struct(schema) { ["id"] = 7L }, schema))), CancellationToken.None);

        Assert.Equal(
            [.. "null\n"u8, 0xFF,
                .. "a\né\na \"text\"\nb\n42\n1.5\ntrue\n{\"a\":[1,null,\"é\\n\"]}\n{\"id\":7,\"name\":null}\n"u8],
            await IOFile.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task A_value_without_a_form_fails_its_batch_and_leaves_no_trace()
    {
        var task = await StartAsync();

        await Assert.ThrowsAsync<DataException>(async () => await task.PutAsync(
            new TestBatch(TestBatch.Record(ConnectValue.From("first")),
                TestBatch.Record(ConnectValue.From(new Uri("http://x")))), CancellationToken.None));
        await PutAsync(task, "second");

        Assert.Equal("second\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_file_that_is_there_is_written_on()
    {
        await IOFile.WriteAllTextAsync(Target, "old\n");
        var task = await StartAsync();
        await PutAsync(task, "new");
        await FlushAsync(task);
        await StopAsync(task);
        task = await StartAsync(("file.fsync", "false"));
        await PutAsync(task, "newer");
        await FlushAsync(task);
        await FlushAsync(task);

        Assert.Equal("old\nnew\nnewer\n", await IOFile.ReadAllTextAsync(Target));
        Assert.Empty(Logger.Lines);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(200_000)]
    public async Task What_a_crash_left_of_a_line_is_cut_off(int size)
    {
        await IOFile.WriteAllTextAsync(Target, "whole\n" + new string('x', size));

        await PutAsync(await StartAsync(), "next");

        Assert.Equal("whole\nnext\n", await IOFile.ReadAllTextAsync(Target));
        if (size == 0)
            Assert.Empty(Logger.Lines);
        else
            Assert.Contains($"{Target} ended in the middle of a line: {size} bytes were cut off.", Assert.Single(Logger.Lines));
    }

    [Fact]
    public async Task A_file_of_nothing_but_half_a_line_is_emptied()
    {
        await IOFile.WriteAllTextAsync(Target, "half");

        await PutAsync(await StartAsync(), "next");

        Assert.Equal("next\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_second_task_cuts_nothing_off_and_lines_of_tasks_are_not_mixed()
    {
        const int tasks = 6;
        const int batches = 40;
        const int records = 25;
        var all = await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => StartAsync(("file.rotate.bytes", "300000"))));

        await Task.WhenAll(all.Select((task, number) => Task.Run(async () =>
        {
            for (var batch = 0; batch < batches; batch++)
            {
                await PutAsync(task,
                    [.. Enumerable.Range(0, records).Select(
                        record => $"{number}:{batch * records + record:D6}:{new string((char)('a' + number), 500)}")]);
                if (batch % 7 == number)
                    await FlushAsync(task);
            }
        })));

        var lines = Directory.GetFiles(Folder).Order(StringComparer.Ordinal)
            .OrderBy(file => file == Target).SelectMany(IOFile.ReadLines).Select(line => line.Split(':')).ToList();
        Assert.Equal(tasks * batches * records, lines.Count);
        for (var number = 0; number < tasks; number++)
        {
            var own = lines.Where(line => line[0] == $"{number}").ToList();
            Assert.Equal(Enumerable.Range(0, batches * records).Select(i => $"{i:D6}"), own.Select(line => line[1]));
            Assert.All(own, line => Assert.Equal(new string((char)('a' + number), 500), line[2]));
        }
        Assert.All(Directory.GetFiles(Folder), file => Assert.InRange(new FileInfo(file).Length, 1, 300_000));
    }

    [Fact]
    public async Task The_file_stays_open_until_the_last_task_has_stopped()
    {
        var first = await StartAsync();
        var second = await StartAsync();
        await StopAsync(first);
        await PutAsync(second, "still");
        await StopAsync(second);
        var third = await StartAsync();
        await PutAsync(third, "again");

        Assert.Equal("still\nagain\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_task_that_never_started_can_be_stopped() => await new FileStreamSinkConnector().CreateTask().StopAsync();

    [Fact]
    public void Bytes_and_text_become_lines_without_allocation()
    {
        using var buffer = new LineBuffer();
        var batch = new TestBatch([.. Enumerable.Range(0, 1000).Select(i => TestBatch.Record(
            i % 2 == 0 ? ConnectValue.FromBytes("some bytes"u8.ToArray()) : ConnectValue.FromUtf8("some text"u8.ToArray())))]);
        var bytes = batch.Bytes; // counted with a query, which allocates
        buffer.Write(batch);
        buffer.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        buffer.Write(batch);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1000, buffer.LineEnds.Count);
        Assert.InRange(bytes, 1, buffer.Written.Length);
        Assert.InRange(allocated, 0, 500); // the test batch's own query
    }

    [Theory]
    [InlineData("file", "", "Invalid value  for configuration file: String must be non-empty")]
    [InlineData("file", "/tmp/",
        "Invalid value /tmp/ for configuration file: The path is that of a directory; a file's is needed")]
    [InlineData("file.fsync", "x", "Invalid value x for configuration file.fsync: Expected value to be either true or false")]
    [InlineData("file.rotate.bytes", "0", "Invalid value 0 for configuration file.rotate.bytes: Value must be -1 or at least 1")]
    [InlineData("file.rotate.bytes", "-2",
        "Invalid value -2 for configuration file.rotate.bytes: Value must be -1 or at least 1")]
    [InlineData("file.rotate.keep", "0", "Invalid value 0 for configuration file.rotate.keep: Value must be -1 or at least 1")]
    public async Task A_wrong_option_is_refused(string key, string value, string message)
        => Assert.Equal(message, (await Assert.ThrowsAsync<ConfigException>(() => StartAsync((key, value)))).Message);

    [Fact]
    public void The_file_must_be_given()
        => Assert.Equal(
            ["Missing required configuration \"file\" which has no default value."],
            new FileStreamSinkConnector().Config.Validate(new Dictionary<string, string?>()).SelectMany(value => value.Errors));
}
