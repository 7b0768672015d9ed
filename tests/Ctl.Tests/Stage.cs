using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Exports.Harness;
using Exports.Kafka.Client;

[assembly: AssemblyFixture(typeof(Exports.Ctl.Tests.Stage))]

namespace Exports.Ctl.Tests;

/// <summary>A Kafka and a worker as processes, shared by all tests, of which each has connectors of its own.</summary>
public sealed class Stage : IAsyncLifetime
{
    public const string Topic = "views";
    public const string OtherTopic = "clicks";
    public const int Partitions = 2;
    public const int Records = 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("exports-ctl-").FullName;
    private BrokerProcess _broker = null!;
    private WorkerProcess _worker = null!;

    public HttpClient Http { get; private set; } = null!;

    public Uri Address => _worker.Rest.Address;

    public async ValueTask InitializeAsync()
    {
        LibrdkafkaLoader.Load();
        _broker = await BrokerProcess.StartAsync(_directory, [(Topic, Partitions), (OtherTopic, Partitions)], TimeSpan.FromMinutes(10));
        await ProduceAsync(Topic, Records);
        await ProduceAsync(OtherTopic, Records);
        _worker = await WorkerProcess.StartAsync(Path.Combine(_directory, "worker"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = _broker.BootstrapServers,
            ["offset.flush.interval.ms"] = "200",
            ["consumer.fetch.max.wait.ms"] = "10",
            ["key.converter"] = "org.apache.kafka.connect.storage.StringConverter",
            ["value.converter"] = "org.apache.kafka.connect.storage.StringConverter",
        });
        Http = new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public async Task ProduceAsync(string topic, int count)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _broker.BootstrapServers })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(
            new TopicPartition(topic, i % Partitions), new() { Key = Encoding.UTF8.GetBytes($"k{i}"), Value = Encoding.UTF8.GetBytes($$"""{"id":{{i}}}""") })));
    }

    /// <summary>A path in a directory that is removed at the end.</summary>
    public string PathOf(string name) => Path.Combine(_directory, name);

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, JsonNode json)
    {
        var path = PathOf(name);
        File.WriteAllText(path, json.ToJsonString());
        return path;
    }

    /// <summary>A connector to a file, as <c>POST /connectors</c> takes it.</summary>
    public JsonObject FileSink(string name, params (string Key, string Value)[] config)
    {
        var settings = new JsonObject { ["connector.class"] = "FileStreamSink", ["topics"] = Topic, ["file"] = PathOf($"{name}.txt") };
        foreach (var (key, value) in config)
            settings[key] = value;
        return new() { ["name"] = name, ["config"] = settings };
    }

    /// <summary>Creates connectors over REST, and waits until they run, all records are at their files, and the offsets are stored.</summary>
    public async Task CreateAsync(params string[] names)
    {
        foreach (var name in names)
        {
            using var body = new StringContent(FileSink(name).ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await Http.PostAsync("/connectors", body);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }

        foreach (var name in names)
        {
            await Waiting.UntilAsync($"{name} has delivered", () => Lines(name) >= Records);
            await _worker.Rest.WaitUntilRunningAsync(name, 1);
            await Waiting.UntilAsync($"{name}'s offsets are stored", async () => (await _worker.Rest.OffsetsAsync(name)).Values.Sum() == Records);
        }
    }

    /// <summary>How many records are at a connector's file.</summary>
    public int Lines(string name) => File.Exists(PathOf($"{name}.txt")) ? File.ReadLines(PathOf($"{name}.txt")).Count() : 0;

    /// <summary>A connector's state; null when there is none.</summary>
    public async Task<string?> StateAsync(string name)
    {
        using var response = await Http.GetAsync($"/connectors/{Uri.EscapeDataString(name)}/status");
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["connector"]!["state"]!.ToString() : null;
    }

    public async Task<JsonObject?> ConfigAsync(string name)
    {
        using var response = await Http.GetAsync($"/connectors/{Uri.EscapeDataString(name)}/config");
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject() : null;
    }

    /// <summary>Runs a command for this worker.</summary>
    public Task<Result> CtlAsync(params string[] arguments) => Ctl.RunAsync(Address, null, arguments);

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_worker is not null)
            await _worker.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
