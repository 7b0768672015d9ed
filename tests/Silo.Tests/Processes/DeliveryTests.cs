using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Exports.Kafka.Client;

namespace Exports.Silo.Tests.Processes;

public sealed class DeliveryTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose()
    {
        _kafka.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Records_reach_the_file_and_the_connector_is_managed_over_REST()
    {
        using var topic = new TestTopic(_kafka, "views", 6);
        await using var worker = await StartAsync();
        topic.Write(1000);
        await CreateFileSinkAsync(worker, "c", topic, 3);

        await AllDeliveredAsync(worker, topic);
        await worker.StateAsync("c", "RUNNING", 3);
        var info = await worker.GetAsync("/connectors/c");
        Assert.Equal([0, 1, 2], info!["tasks"]!.AsArray().Select(task => (int)task!["task"]!));

        await worker.SendAsync(HttpMethod.Put, "/connectors/c/pause");
        await worker.StateAsync("c", "PAUSED", 3);
        topic.Write(600);
        await worker.SendAsync(HttpMethod.Put, "/connectors/c/resume");
        await worker.StateAsync("c", "RUNNING", 3);
        await AllDeliveredAsync(worker, topic);

        await worker.SendAsync(HttpMethod.Put, "/connectors/c/stop");
        await worker.StateAsync("c", "STOPPED", 0);
        await OffsetsReachAsync(worker, topic);
        topic.Write(600);
        await worker.SendAsync(HttpMethod.Put, "/connectors/c/resume");
        await AllDeliveredAsync(worker, topic);

        await worker.SendAsync(HttpMethod.Post, "/connectors/c/restart?includeTasks=true");
        await worker.SendAsync(HttpMethod.Post, "/connectors/c/tasks/1/restart");
        topic.Write(600);
        await AllDeliveredAsync(worker, topic);

        await worker.SendAsync(HttpMethod.Delete, "/connectors/c");
        Assert.Equal(HttpStatusCode.NotFound, await worker.GetStatusAsync("/connectors/c"));
        Assert.Equal(0, await worker.StopAsync());
        Assert.Equal(0, topic.AssertComplete(Lines()));
    }

    [Fact]
    public async Task Offsets_are_changed_over_REST_and_the_connector_goes_on_from_there()
    {
        using var topic = new TestTopic(_kafka, "views", 2);
        await using var worker = await StartAsync();
        topic.Write(100);
        await CreateFileSinkAsync(worker, "c", topic, 2);
        await AllDeliveredAsync(worker, topic);
        Assert.Equal($$$"""{"c":{"topics":["{{{topic.Name}}}"]}}""", (await worker.GetAsync("/connectors/c/topics"))!.ToJsonString());
        await worker.SendAsync(HttpMethod.Put, "/connectors/c/stop");
        var lines = Lines().Count;
        using (var refused = await worker.Client.PatchAsync("/connectors/c/offsets", new StringContent(
            $$$"""{"offsets":[{"partition":{"kafka_topic":"{{{topic.Name}}}","kafka_partition":2},"offset":{"kafka_offset":1}}]}""",
            Encoding.UTF8, "application/json")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("There is no partition 2 of the topic views: it has 2 partitions, from 0.", await refused.Content.ReadAsStringAsync());
        }

        var answer = await worker.SendAsync(HttpMethod.Patch, "/connectors/c/offsets", JsonNode.Parse(
            $$$"""
            {"offsets":[
                {"partition":{"kafka_topic":"{{{topic.Name}}}","kafka_partition":0},"offset":{"kafka_offset":40}},
                {"partition":{"kafka_topic":"{{{topic.Name}}}","kafka_partition":"1"},"offset":null}
            ]}
            """));

        Assert.Contains("altered successfully", (string)answer!["message"]!);
        Assert.Equal(
            $$$"""{"offsets":[{"partition":{"kafka_topic":"{{{topic.Name}}}","kafka_partition":0},"offset":{"kafka_offset":40}}]}""",
            (await worker.GetAsync("/connectors/c/offsets"))!.ToJsonString());
        await worker.SendAsync(HttpMethod.Put, "/connectors/c/resume");
        await Eventually.TrueAsync(() => Lines().Count == lines + 10 + 50, () => $"60 records come again; {Lines().Count - lines} do\n{worker.Output}");

        await worker.SendAsync(HttpMethod.Put, "/connectors/c/stop");
        Assert.Contains("reset successfully", (string)(await worker.SendAsync(HttpMethod.Delete, "/connectors/c/offsets"))!["message"]!);
        Assert.Equal("""{"offsets":[]}""", (await worker.GetAsync("/connectors/c/offsets"))!.ToJsonString());
        await worker.SendAsync(HttpMethod.Put, "/connectors/c/resume");
        await Eventually.TrueAsync(() => Lines().Count == lines + 60 + 100, () => $"all records come again; {Lines().Count - lines} did\n{worker.Output}");
    }

    [Fact]
    public async Task Log_levels_are_changed_while_the_worker_runs()
    {
        using var topic = new TestTopic(_kafka, "views", 1);
        await using var worker = await StartAsync();
        await CreateFileSinkAsync(worker, "first", topic, 1);
        await Eventually.TrueAsync(() => worker.Output.Contains("Connector first: plan"), () => $"the plan is logged\n{worker.Output}");

        var changed = await worker.SendAsync(HttpMethod.Put, "/admin/loggers/Exports.Grains", JsonNode.Parse("""{"level":"error"}"""));
        Assert.Contains("Exports.Grains.ConnectorGrain", changed!.AsArray().Select(name => (string)name!));
        await CreateFileSinkAsync(worker, "second", topic, 1);
        await worker.StateAsync("second", "RUNNING", 1);
        Assert.Equal("ERROR", (string)(await worker.GetAsync("/admin/loggers/Exports.Grains.ConnectorGrain"))!["level"]!);
        Assert.Null((await worker.GetAsync("/admin/loggers/root"))!["last_modified"]);

        await worker.SendAsync(HttpMethod.Put, "/admin/loggers/Exports.Grains?scope=cluster", JsonNode.Parse("""{"level":"INFO"}"""));
        await CreateFileSinkAsync(worker, "third", topic, 1);
        await Eventually.TrueAsync(() => worker.Output.Contains("Connector third: plan"), () => $"the plan is logged\n{worker.Output}");
        Assert.DoesNotContain("Connector second: plan", worker.Output);
    }

    [Fact]
    public async Task A_worker_that_is_killed_again_and_again_loses_nothing()
    {
        using var topic = new TestTopic(_kafka, "views", 4);
        await using (var worker = await StartAsync())
        {
            await CreateFileSinkAsync(worker, "c", topic, 2);
            topic.Write(2000);
            await Eventually.TrueAsync(() => Lines().Count > 0, () => "something is delivered");
            await worker.KillAsync();
        }

        for (var round = 0; round < 3; round++)
        {
            topic.Write(2000);
            var before = Lines().Count;
            await using var worker = await StartAsync();
            await Eventually.TrueAsync(() => Lines().Count > before, () => $"something more is delivered\n{worker.Output}");
            await worker.KillAsync();
        }

        await using (var last = await StartAsync())
        {
            await AllDeliveredAsync(last, topic);
            Assert.Equal(0, await last.StopAsync());
        }

        topic.AssertComplete(Lines());
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_while_it_delivers_repeats_nothing()
    {
        using var topic = new TestTopic(_kafka, "views", 4);
        for (var round = 0; round < 3; round++)
        {
            await using var worker = await StartAsync(("offset.flush.interval.ms", "3600000"));
            if (round == 0)
                await CreateFileSinkAsync(worker, "c", topic, 2);
            var before = Lines().Count;
            topic.Write(20_000);
            await Eventually.TrueAsync(() => Lines().Count > before, () => $"something is delivered\n{worker.Output}");
            Assert.Equal(0, await worker.StopAsync());
        }

        await using (var last = await StartAsync())
        {
            await AllDeliveredAsync(last, topic);
            Assert.Equal(0, await last.StopAsync());
        }

        Assert.Equal(0, topic.AssertComplete(Lines()));
    }

    [Fact]
    public async Task A_worker_starts_without_Kafka_and_delivers_once_it_is_there()
    {
        using var topic = new TestTopic(_kafka, "views", 2);
        topic.Write(100);
        _kafka.SetDown();
        await using var worker = await StartAsync();
        await CreateFileSinkAsync(worker, "c", topic, 2);
        Assert.Equal(HttpStatusCode.OK, await worker.GetStatusAsync("/connectors/c/status"));

        _kafka.SetUp();

        await AllDeliveredAsync(worker, topic);
        await worker.StateAsync("c", "RUNNING", 2);
        Assert.Equal(0, topic.AssertComplete(Lines()));
    }

    [Fact]
    public async Task Records_reach_another_topic_and_the_file_side_by_side()
    {
        using var topic = new TestTopic(_kafka, "views", 3);
        _kafka.CreateTopic("copy.views", 3);
        await using var worker = await StartAsync();
        await CreateFileSinkAsync(worker, "c", topic, 1);
        await CreateKafkaSinkAsync(worker, "copy", topic, 3, _kafka.BootstrapServers);
        topic.Write(900);

        await AllDeliveredAsync(worker, topic);
        using var copy = new TopicReader(_kafka, "copy.views", 3);
        Assert.Equal(0, topic.AssertComplete(copy.Read(topic.Count)));
        await worker.StateAsync("copy", "RUNNING", 3);
        Assert.Equal(["c", "copy"], (await worker.GetAsync("/connectors"))!.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task A_second_signal_ends_a_worker_at_once_that_waits_for_a_destination()
    {
        using var topic = new TestTopic(_kafka, "views", 1);
        topic.Write(10);
        await using var worker = await StartAsync(("task.shutdown.graceful.timeout.ms", "3600000"));
        await CreateKafkaSinkAsync(worker, "copy", topic, 1, "127.0.0.1:1");
        await CreateFileSinkAsync(worker, "c", topic, 1);
        await AllDeliveredAsync(worker, topic);
        await worker.StateAsync("copy", "RUNNING", 1);

        worker.Signal(WorkerProcess.SigTerm);
        await Eventually.TrueAsync(() => worker.Output.Contains("Stopping"), () => $"the worker stops\n{worker.Output}");
        worker.Signal(WorkerProcess.SigTerm);

        Assert.Equal(128 + WorkerProcess.SigTerm, await worker.WaitForExitAsync());
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_holds_a_stop_up_for_the_grace_time_alone()
    {
        using var topic = new TestTopic(_kafka, "views", 1);
        topic.Write(10);
        await using (var worker = await StartAsync(("task.shutdown.graceful.timeout.ms", "500")))
        {
            await CreateKafkaSinkAsync(worker, "copy", topic, 1, "127.0.0.1:1");
            await CreateFileSinkAsync(worker, "c", topic, 1);
            await AllDeliveredAsync(worker, topic);
            await worker.StateAsync("copy", "RUNNING", 1);

            Assert.Equal(0, await worker.StopAsync());
        }

        await using var next = await StartAsync();
        await next.StateAsync("c", "RUNNING", 1);
        topic.Write(10);
        await AllDeliveredAsync(next, topic);
        Assert.Equal(0, topic.AssertComplete(Lines()));
    }

    [Fact]
    public async Task Placeholders_are_resolved_when_a_task_starts_and_are_never_shown()
    {
        using var topic = new TestTopic(_kafka, "views", 1);
        topic.Write(10);
        await File.WriteAllTextAsync(_scratch["secrets.properties"], $"file={_scratch["out"]}\n");
        var placeholder = $"${{file:{_scratch["secrets.properties"]}:file}}";
        await using var worker = await StartAsync(
            ("config.providers", "file"), ("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider"));
        await worker.CreateAsync(
            "c", ("connector.class", "FileStreamSink"), ("topics", topic.Name), ("file", placeholder),
            ("value.converter", "org.apache.kafka.connect.storage.StringConverter"));

        await AllDeliveredAsync(worker, topic);
        Assert.Equal(placeholder, (string)(await worker.GetAsync("/connectors/c/config"))!["file"]!);
        Assert.DoesNotContain(_scratch["out"], worker.Output);
    }

    private Task<WorkerProcess> StartAsync(params (string Key, string Value)[] keys)
        => WorkerProcess.StartAsync(
            [
                ("bootstrap.servers", _kafka.BootstrapServers), ("data.dir", _scratch["data"]), ("offset.flush.interval.ms", "1000"),
                // The embedded Kafka answers an empty fetch only when this time is over, whatever arrives meanwhile.
                ("consumer.fetch.max.wait.ms", "10"),
                .. keys,
            ]);

    private Task CreateFileSinkAsync(WorkerProcess worker, string name, TestTopic topic, int tasks)
        => worker.CreateAsync(
            name, ("connector.class", "org.apache.kafka.connect.file.FileStreamSinkConnector"), ("topics", topic.Name),
            ("tasks.max", $"{tasks}"), ("file", _scratch["out"]));

    private static Task CreateKafkaSinkAsync(WorkerProcess worker, string name, TestTopic topic, int tasks, string target)
        => worker.CreateAsync(
            name, ("connector.class", "KafkaSink"), ("topics", topic.Name), ("tasks.max", $"{tasks}"),
            ("target.bootstrap.servers", target), ("target.topic.prefix", "copy."));

    private List<string> Lines()
    {
        if (!File.Exists(_scratch["out"]))
            return [];
        using var file = new StreamReader(new FileStream(_scratch["out"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var text = file.ReadToEnd();
        // A line without its end is being written, or was cut off by a kill.
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private Task AllDeliveredAsync(WorkerProcess worker, TestTopic topic)
        => Eventually.TrueAsync(
            () => Lines().Distinct().Count() == topic.Count,
            () => $"{topic.Count} records are delivered; {Lines().Distinct().Count()} are\n{worker.Output}");

    private static Task OffsetsReachAsync(WorkerProcess worker, TestTopic topic)
    {
        JsonNode? offsets = null;
        return Eventually.TrueAsync(
            async () =>
            {
                offsets = await worker.GetAsync("/connectors/c/offsets");
                return offsets!["offsets"]!.AsArray().Sum(entry => (int)entry!["offset"]!["kafka_offset"]!) == topic.Count;
            },
            () => $"offsets sum up to {topic.Count}; they are {offsets?.ToJsonString()}");
    }
}
