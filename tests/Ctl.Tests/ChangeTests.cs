using System.Text.Json.Nodes;
using Exports.Harness;

namespace Exports.Ctl.Tests;

/// <summary>Commands that change.</summary>
public sealed class ChangeTests(Stage stage)
{
    [Fact]
    public async Task Connectors_are_created_from_files_folders_and_standard_input_and_those_that_exist_stay()
    {
        Directory.CreateDirectory(stage.PathOf("folder"));
        stage.Write("folder/1.json", new JsonArray(stage.FileSink("d1"), stage.FileSink("d2")));
        var bare = stage.FileSink("d3")["config"]!.DeepClone().AsObject();
        bare["name"] = "d3";
        bare["tasks.max"] = 2;
        stage.Write("folder/2.json", bare);
        var stopped = stage.FileSink("d4");
        stopped["initial_state"] = "STOPPED";

        var created = (await Ctl.RunAsync(
            stage.Address, $"{stopped} // and one more\n{stage.FileSink("d/5 %")}", "create", "-f", stage.PathOf("folder"), "-f", "-")).Is(ExitCode.Done);

        Assert.Equal("d1 created\nd2 created\nd3 created\nd4 created\nd/5 % created\n", created.Output);
        Assert.Equal("STOPPED", await stage.StateAsync("d4"));
        Assert.Equal("2", (await stage.ConfigAsync("d3"))!["tasks.max"]!.ToString());
        Assert.Equal("views", (await stage.ConfigAsync("d/5 %"))!["topics"]!.ToString());

        var again = (await stage.CtlAsync("create", "-f", stage.Write("d.json", new JsonArray(stage.FileSink("d1", ("tasks.max", "7")), stage.FileSink("d6"))))).Is(ExitCode.Refused);
        Assert.Equal("d6 created\n", again.Output);
        Assert.Contains("exports ctl: d1: Connector d1 already exists", again.Error);
        Assert.Null((await stage.ConfigAsync("d1"))!["tasks.max"]);
    }

    [Fact]
    public async Task A_file_that_is_wrong_is_named_and_nothing_is_done()
    {
        async Task RefusedAsync(string what, string text)
        {
            var file = stage.PathOf("wrong.json");
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            foreach (var command in (string[])["create", "apply", "diff", "validate"])
            {
                var result = (await stage.CtlAsync(command, "-f", stage.Write("right.json", stage.FileSink("e")), "-f", file)).Is(ExitCode.Unusable);
                Assert.Contains(what, result.Error);
            }
        }

        await RefusedAsync("is not JSON", "{");
        await RefusedAsync("holds no connector", " ");
        await RefusedAsync("a connector is a JSON object, not number", "7");
        await RefusedAsync("a connector has no name", """{"config": {"topics": "x"}}""");
        await RefusedAsync("the field 'state' is unknown; known are name, config, initial_state, initial_offsets", """{"name": "x", "config": {}, "state": "x"}""");
        await RefusedAsync("the value of 'topics' is [\"x\"]; allowed: a string, a number, true, false", """{"name": "x", "topics": ["x"]}""");
        await RefusedAsync("is named 'x', and 'y' in its configuration", """{"name": "x", "config": {"name": "y"}}""");
        await RefusedAsync("describes the connector 'e', and so does", """{"name": "e"}""");
        Assert.Contains("cannot be read", (await stage.CtlAsync("apply", "-f", stage.PathOf("missing.json"))).Is(ExitCode.Unusable).Error);
        Assert.Null(await stage.StateAsync("e"));
    }

    [Fact]
    public async Task What_is_applied_is_what_the_files_say_all_or_nothing_and_diff_tells_it_before()
    {
        await stage.CreateAsync("f1", "f2");
        var file = stage.Write("f.json", new JsonArray(stage.FileSink("f1"), stage.FileSink("f2", ("tasks.max", "2"), ("errors.tolerance", "all")), stage.FileSink("f3")));

        var diff = (await stage.CtlAsync("diff", "-f", file)).Is(ExitCode.Refused);
        Assert.StartsWith("f2\n  + errors.tolerance = all\n  + tasks.max = 2\nf3 (new)\n  + connector.class = FileStreamSink\n", diff.Output);
        Assert.Equal("f1 unchanged\nf2 would be configured\nf3 would be created\n", (await stage.CtlAsync("apply", "-f", file, "--dry-run")).Is(ExitCode.Done).Output);
        Assert.Null(await stage.StateAsync("f3"));

        var wrong = stage.Write("wrong-f.json", new JsonArray(stage.FileSink("f2", ("tasks.max", "2")), stage.FileSink("f4", ("tasks.max", "0"))));
        var refused = (await stage.CtlAsync("apply", "-f", wrong)).Is(ExitCode.Refused);
        Assert.Contains("f4: tasks.max: Invalid value 0 for configuration tasks.max", refused.Error);
        Assert.Contains("1 of 2 cannot be applied; nothing was changed.", refused.Error);
        Assert.Null((await stage.ConfigAsync("f2"))!["tasks.max"]);
        Assert.Contains("error: tasks.max: Invalid value 0", (await stage.CtlAsync("validate", "-f", wrong)).Is(ExitCode.Refused).Output);

        Assert.Equal("f1 unchanged\nf2 configured\nf3 created\n", (await stage.CtlAsync("apply", "-f", file, "--wait", "60")).Is(ExitCode.Done).Output);
        Assert.Equal("2", (await stage.ConfigAsync("f2"))!["tasks.max"]!.ToString());
        Assert.Equal("RUNNING", await stage.StateAsync("f3"));
        (await stage.CtlAsync("diff", "-f", file)).Is(ExitCode.Done);

        // What get prints, apply takes.
        var backup = stage.PathOf("backup.json");
        await File.WriteAllTextAsync(backup, (await stage.CtlAsync("get", "f?")).Is(ExitCode.Done).Output, TestContext.Current.CancellationToken);
        (await stage.CtlAsync("delete", "f3", "-y")).Is(ExitCode.Done);
        Assert.Equal("f1 unchanged\nf2 unchanged\nf3 created\n", (await stage.CtlAsync("apply", "-f", backup)).Is(ExitCode.Done).Output);
        var waited = (await stage.CtlAsync("apply", "--wait", "1", "-f", stage.Write("f5.json", stage.FileSink("f5", ("topics", "no-such-topic"))))).Is(ExitCode.Refused);
        Assert.Contains("After 1 s not all run: f5.", waited.Error);
        await stage.CtlAsync("delete", "f5", "-y");
    }

    [Fact]
    public async Task Several_connectors_are_paused_resumed_stopped_restarted_and_deleted_by_pattern()
    {
        await stage.CreateAsync("g-1", "g-2", "g*", "h-1");
        async Task StatesAsync(params string?[] states)
        {
            string[] names = ["g-1", "g-2", "g*", "h-1"];
            await Waiting.UntilAsync($"the states are {string.Join(", ", states)}", async () =>
                (await Task.WhenAll(names.Select(stage.StateAsync))).SequenceEqual(states));
        }

        Assert.Equal("g-1 paused\ng-2 paused\n", (await stage.CtlAsync("pause", "g-?")).Is(ExitCode.Done).Output);
        await StatesAsync("PAUSED", "PAUSED", "RUNNING", "RUNNING");
        // A name is no pattern where a connector has it.
        Assert.Equal("""[{"name":"g*","result":"stopped"}]""", (await stage.CtlAsync("stop", "g*", "-o", "json")).Is(ExitCode.Done).Json.ToJsonString());
        await StatesAsync("PAUSED", "PAUSED", "STOPPED", "RUNNING");
        (await stage.CtlAsync("resume", "*1", "g*")).Is(ExitCode.Done);
        await StatesAsync("RUNNING", "PAUSED", "RUNNING", "RUNNING");
        Assert.Equal("h-1 restarting\n", (await stage.CtlAsync("restart", "h-1", "--task", "0")).Is(ExitCode.Done).Output);
        Assert.Contains("h-1: Unknown task: h-1-9", (await stage.CtlAsync("restart", "h-1", "--task", "9")).Is(ExitCode.Refused).Error);
        (await stage.CtlAsync("restart", "h-1", "--only-failed")).Is(ExitCode.Done);

        Assert.Contains("No connector matches 'nothing-*'", (await stage.CtlAsync("pause", "h-1", "nothing-*")).Is(ExitCode.Refused).Error);
        Assert.Contains("There is no connector 'nobody'", (await stage.CtlAsync("stop", "nobody")).Is(ExitCode.Refused).Error);
        Assert.Contains("say --yes to do it", (await stage.CtlAsync("delete", "g-?")).Is(ExitCode.Unusable).Error);
        await StatesAsync("RUNNING", "PAUSED", "RUNNING", "RUNNING");
        Assert.Equal("g-1 deleted\ng-2 deleted\n", (await stage.CtlAsync("delete", "g-?", "--yes")).Is(ExitCode.Done).Output);
        await StatesAsync(null, null, "RUNNING", "RUNNING");
    }

    [Fact]
    public async Task Offsets_are_told_and_changed_and_records_come_again_from_there()
    {
        await stage.CreateAsync("i");
        await Waiting.UntilAsync("they are shown with the ends", async () => (await stage.CtlAsync("offsets", "get", "i")).Output is var shown
            && shown.Contains("views          0      10   10    0", StringComparison.Ordinal));

        Assert.Contains("i is RUNNING. Offsets are changed while", (await stage.CtlAsync("offsets", "set", "i", "--to", "earliest", "--yes")).Is(ExitCode.Refused).Error);
        Assert.Contains("nobody is there to be asked", (await stage.CtlAsync("offsets", "set", "i", "--to", "earliest", "--stop-and-resume")).Is(ExitCode.Unusable).Error);
        Assert.Equal("RUNNING", await stage.StateAsync("i"));

        (await stage.CtlAsync("offsets", "set", "i", "--to", "earliest", "--yes", "--stop-and-resume")).Is(ExitCode.Done);
        await Waiting.UntilAsync("all came again", () => stage.Lines("i") == 2 * Stage.Records);
        (await stage.CtlAsync("offsets", "set", "i", "--offset", "views-1=7", "-y", "--stop-and-resume")).Is(ExitCode.Done);
        await Waiting.UntilAsync("three came again", () => stage.Lines("i") == (2 * Stage.Records) + 3);
        await stage.CtlAsync("stop", "i");
        (await stage.CtlAsync("offsets", "reset", "i", "-y")).Is(ExitCode.Done);
        Assert.Empty((await stage.CtlAsync("offsets", "get", "i", "-o", "json")).Json["offsets"]!.AsArray());
        (await stage.CtlAsync("offsets", "set", "i", "--to", "latest", "--topic", "views", "-y")).Is(ExitCode.Done);
        Assert.Equal("views-0\nviews-1\n", (await stage.CtlAsync("offsets", "get", "i", "-o", "name")).Output);
        // What was set is the group's as well.
        (await stage.CtlAsync("offsets", "set", "i", "--to", "group", "-y")).Is(ExitCode.Done);
        Assert.Equal(Stage.Records, (await stage.CtlAsync("offsets", "get", "i", "-o", "json")).Json["offsets"]!.AsArray().Sum(entry => entry!["offset"]!["kafka_offset"]!.GetValue<long>()));
        Assert.Contains("reads no topic 'other'", (await stage.CtlAsync("offsets", "set", "i", "--to", "latest", "--topic", "other", "-y")).Is(ExitCode.Refused).Error);
        Assert.Contains("'yesterday'", (await stage.CtlAsync("offsets", "set", "i", "--to", "yesterday", "-y")).Is(ExitCode.Refused).Error);
        Assert.Equal("STOPPED", await stage.StateAsync("i"));
    }
}
