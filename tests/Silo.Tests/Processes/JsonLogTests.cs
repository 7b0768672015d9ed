using System.Text.Json;
using System.Text.Json.Nodes;
using Exports.Kafka.Client;

namespace Exports.Silo.Tests.Processes;

/// <summary>The log of a whole worker with <c>log.format=json</c>.</summary>
public sealed class JsonLogTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose()
    {
        _kafka.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Every_line_is_a_JSON_object_and_what_is_said_of_a_task_names_it_in_fields()
    {
        using var topic = new TestTopic(_kafka, "views", 1);
        await using var worker = await WorkerProcess.StartAsync(
            ("bootstrap.servers", _kafka.BootstrapServers), ("data.dir", _scratch["data"]), ("log.format", "json"),
            ("consumer.fetch.max.wait.ms", "10"), ("log.level.Exports.Pipeline", "DEBUG"), ("unknown.key", "x"));
        topic.Write(3);
        await worker.CreateAsync(
            "failing", ("connector.class", "FileStreamSink"), ("topics", topic.Name), ("file", "/no/such/directory/file"));
        await worker.CreateAsync(
            "skipping", ("connector.class", "FileStreamSink"), ("topics", topic.Name), ("file", _scratch["out"]),
            ("value.converter", "JsonConverter"), ("errors.tolerance", "all"));
        await Eventually.TrueAsync(
            () => Find(worker, "Failed").Any() && Find(worker, "Skipped").Any(), () => $"both are told\n{worker.Output}");

        await worker.SendAsync(HttpMethod.Put, "/admin/loggers/Exports.Grains", JsonNode.Parse("""{"level":"ERROR"}"""));
        await worker.CreateAsync("unsaid", ("connector.class", "FileStreamSink"), ("topics", topic.Name), ("file", _scratch["other"]));
        await worker.StateAsync("unsaid", "RUNNING", 1);
        Assert.Equal(0, await worker.StopAsync());

        Assert.Empty(worker.Errors);
        Assert.All(Lines(worker), line =>
        {
            foreach (var name in new[] { "timestamp", "level", "logger", "message" })
                Assert.Equal(JsonValueKind.String, line[name]!.GetValueKind());
        });
        var failed = Find(worker, "Failed").First();
        Assert.Equal(("failing", 0, "WARN"), ((string?)failed["connector"], (int)failed["task"]!, (string?)failed["level"]));
        Assert.Contains("/no/such/directory/file", (string?)failed["exception"]);
        Assert.StartsWith("Task failing-0 failed", (string?)failed["message"]);
        var skipped = Find(worker, "Skipped").First();
        Assert.Equal(
            ("skipping", 0, "views", 0), ((string?)skipped["connector"], (int)skipped["task"]!, (string?)skipped["topic"], (int)skipped["partition"]!));
        Assert.Equal(JsonValueKind.Number, skipped["offset"]!.GetValueKind());
        Assert.Contains(Find(worker, "Planned"), line => (string?)line["connector"] == "skipping" && line["tasks"]!.GetValue<int>() == 1);
        Assert.DoesNotContain(Find(worker, "Planned"), line => (string?)line["connector"] == "unsaid");
        Assert.Contains(Lines(worker), line => (string?)line["level"] == "DEBUG");
        Assert.Contains(Find(worker, "ConfigurationWarning"), line => ((string?)line["message"])!.Contains("unknown.key", StringComparison.Ordinal));
        Assert.Single(Find(worker, "Stopped"));
    }

    private static IEnumerable<JsonObject> Find(WorkerProcess worker, string name) => Lines(worker).Where(line => (string?)line["event"] == name);

    private static List<JsonObject> Lines(WorkerProcess worker)
        => [.. worker.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
}
