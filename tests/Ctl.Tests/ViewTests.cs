using System.Text;
using System.Text.Json.Nodes;
using Exports.Harness;

namespace Exports.Ctl.Tests;

/// <summary>Commands that look.</summary>
public sealed class ViewTests(Stage stage)
{
    [Fact]
    public async Task Connectors_are_listed_and_described_those_in_trouble_first_and_with_advice()
    {
        await stage.CreateAsync("a-good", "a-paused");
        await stage.Http.PutAsync("/connectors/a-paused/pause", null);
        using var body = new StringContent(stage.FileSink("a-lost", ("file", stage.PathOf("no/such/folder.txt"))).ToJsonString(), Encoding.UTF8, "application/json");
        await stage.Http.PostAsync("/connectors", body);
        await Waiting.UntilAsync("each is what it will be", async () => (await stage.CtlAsync("list", "a-*", "-o", "json", "--sort", "name")).Json.AsArray()
            .Select(row => row!["health"]!.ToString()).SequenceEqual(["HEALTHY", "UNHEALTHY", "PAUSED"]));
        await Waiting.UntilAsync("all that a-good delivered is stored", async () => (await stage.CtlAsync("describe", "a-good", "-o", "json")).Json["partitions"]!.AsArray()
            .Count(partition => partition!["committed_offset"]?.GetValue<long>() == Stage.Records / Stage.Partitions) == Stage.Partitions);

        var list = (await stage.CtlAsync("list", "a-*")).Is(ExitCode.Done);
        Assert.StartsWith("NAME", list.Lines[0]);
        Assert.StartsWith("a-lost", list.Lines[1]);
        Assert.Equal(["a-good", "HEALTHY", "RUNNING", "1/1"], list.Row("a-good")[..4]);
        Assert.Contains("DESTINATION_MISSING: ", list.Output);
        Assert.Equal("a-good\na-lost\na-paused\n", (await stage.CtlAsync("list", "a-*", "--sort", "name", "-o", "name")).Output);
        Assert.Equal("a-paused\n", (await stage.CtlAsync("list", "a-*", "--state", "paused", "-o", "name")).Output);
        Assert.Equal("a-good\na-lost\n", (await stage.CtlAsync("list", "a-*", "--health", "healthy,UNHEALTHY", "-o", "name", "--sort", "name")).Output);

        var status = (await stage.CtlAsync("status", "a-lost", "a-good")).Is(ExitCode.Done);
        Assert.Contains("for the connector's owner", status.Output);
        Assert.Contains("What to do: ", status.Output);
        (await stage.CtlAsync("status", "a-*", "--check")).Is(ExitCode.Refused);
        (await stage.CtlAsync("status", "a-good", "--check")).Is(ExitCode.Done);
        Assert.Equal("PAUSED", (await stage.CtlAsync("status", "a-paused", "-o", "json")).Json[0]!["connector"]!["state"]!.ToString());

        var described = (await stage.CtlAsync("describe", "a-good")).Is(ExitCode.Done);
        Assert.Matches(@"\nviews +0 +0 +10 +10 +10 +0\nviews +1 +0 +10 +10 +10 +0\n", described.Output);
        Assert.Contains("UNASSIGNED → RUNNING", described.Output);
        Assert.Contains("DESTINATION_MISSING since", (await stage.CtlAsync("describe", "a-lost")).Output);
        var top = (await stage.CtlAsync("top", "a-*", "--count", "2", "--interval", "0.1", "-o", "json")).Is(ExitCode.Done);
        Assert.Equal([3, 3], top.Lines.Select(line => JsonNode.Parse(line)!["connectors"]!.AsArray().Count));
        Assert.Contains("3 connectors: 1 UNHEALTHY, 1 HEALTHY, 1 PAUSED", (await stage.CtlAsync("top", "a-*")).Output);
        Assert.Contains($"{stage.Address.Authority}", (await stage.CtlAsync("cluster")).Is(ExitCode.Done).Output);
    }

    [Fact]
    public async Task Passwords_are_shown_by_no_command_but_get()
    {
        var sink = new JsonObject
        {
            ["name"] = "b",
            ["config"] = new JsonObject
            {
                ["connector.class"] = "HttpSink",
                ["topics"] = "views",
                ["http.url"] = "http://127.0.0.1:1/",
                ["http.authorization.type"] = "static",
                ["http.headers.authorization"] = "hunter2",
            },
        };
        using var body = new StringContent(sink.ToJsonString(), Encoding.UTF8, "application/json");
        await stage.Http.PostAsync("/connectors", body);
        sink["config"]!["http.headers.authorization"] = "hunter3";
        var file = stage.Write("b.json", sink);

        foreach (var format in (string[])["table", "json"])
        {
            foreach (var command in (string[][])[["describe", "b"], ["diff", "-f", file], ["validate", "-f", file], ["list", "b"], ["status", "b"]])
            {
                var shown = await stage.CtlAsync([.. command, "-o", format]);
                Assert.DoesNotContain("hunter", shown.Output + shown.Error);
            }
        }

        Assert.Contains("[hidden]", (await stage.CtlAsync("describe", "b")).Output);
        Assert.Contains("- http.headers.authorization = [hidden]", (await stage.CtlAsync("diff", "-f", file)).Output);
        Assert.Contains("hunter2", (await stage.CtlAsync("get", "b")).Output);
    }

    [Fact]
    public async Task Records_are_shown_before_and_after_the_transforms_and_as_they_come()
    {
        var file = stage.Write("c.json", stage.FileSink(
            "c", ("topics", Stage.OtherTopic), ("transforms", "t"), ("transforms.t.type", "org.apache.kafka.connect.transforms.RegexRouter"), ("transforms.t.regex", ".*"), ("transforms.t.replacement", "seen")));
        (await stage.CtlAsync("create", "-f", file)).Is(ExitCode.Done);

        foreach (var of in (string[][])[["c"], ["-f", file]])
        {
            var tail = (await stage.CtlAsync(["tail", .. of, "-n", "4", "--show", "both"])).Is(ExitCode.Done);
            Assert.Equal(4, tail.Lines.Count(line => line.StartsWith("clicks-", StringComparison.Ordinal)));
            Assert.Equal(4, tail.Lines.Count(line => line.StartsWith("  before ", StringComparison.Ordinal) && line.Contains("{\"id\":", StringComparison.Ordinal)));
            Assert.Equal(4, tail.Lines.Count(line => line.StartsWith("  after  seen  ", StringComparison.Ordinal)));
        }

        foreach (var (show, before, after) in ((string[], bool, bool)[])[([], true, true), (["--show", "both"], true, true), (["--show", "before"], true, false), (["--show", "after"], false, true)])
        {
            var record = (await stage.CtlAsync(["tail", "c", "-n", "1", "-o", "json", .. show])).Is(ExitCode.Done).Json;
            Assert.Equal((before, after), (record["before"] is not null, record["after"] is not null));
        }

        Assert.Contains("allowed with --show: -o table, -o json", (await stage.CtlAsync("tail", "c", "--show", "before", "-o", "name")).Is(ExitCode.Unusable).Error);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = new SharedWriter();
        var following = CtlCommand.InvokeAsync(
            ["tail", "c", "-n", "1", "-F", "-o", "json", "--url", stage.Address.ToString()], output, TextWriter.Null, null, end.Token);
        await Waiting.UntilAsync("one record is shown", () => output.Lines == 1);
        await stage.ProduceAsync(Stage.OtherTopic, 6);
        await Waiting.UntilAsync("those that came are shown", () => output.Lines >= 7);
        await end.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await following);
        Assert.Equal(7, output.Lines);
    }

    [Fact]
    public async Task Plugins_with_their_keys_and_log_levels_are_shown_and_levels_changed()
    {
        Assert.Contains("Exports.Connectors.File.FileStreamSinkConnector\n", (await stage.CtlAsync("plugins", "-o", "name")).Is(ExitCode.Done).Output);
        Assert.Contains("RegexRouter", (await stage.CtlAsync("plugins", "--all")).Output);
        Assert.Equal(["file", "STRING", "required", "HIGH"], (await stage.CtlAsync("plugins", "FileStreamSink")).Row("file")[..4]);
        Assert.Contains("nonsense", (await stage.CtlAsync("plugins", "nonsense")).Is(ExitCode.Refused).Error);

        (await stage.CtlAsync("loggers", "Exports.Ctl.Nobody", "debug")).Is(ExitCode.Done);
        Assert.Equal(["Exports.Ctl.Nobody", "DEBUG"], (await stage.CtlAsync("loggers")).Row("Exports.Ctl.Nobody"));
        Assert.Equal("DEBUG", (await stage.CtlAsync("loggers", "Exports.Ctl.Nobody", "-o", "json")).Json["Exports.Ctl.Nobody"]!["level"]!.ToString());
        (await stage.CtlAsync("loggers", "root", "loud")).Is(ExitCode.Refused);
    }

    /// <summary>A writer that may be looked at while it is written to.</summary>
    private sealed class SharedWriter : StringWriter
    {
        private int _lines;

        public int Lines => Volatile.Read(ref _lines);

        public override void WriteLine(string? value) => Interlocked.Increment(ref _lines);
    }
}
