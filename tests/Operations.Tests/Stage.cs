using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Exports.Harness;
using Exports.Kafka.Client;

namespace Exports.Operations.Tests;

/// <summary>A Kafka and a worker as processes of their own, with a producer and a client for what operators ask.</summary>
internal sealed class Stage : IAsyncDisposable
{
    public const string Topic = "views";
    public const int Partitions = 3;

    private readonly BrokerProcess _broker;
    private readonly WorkerProcess _worker;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly HttpClient _http;

    private Stage(string directory, BrokerProcess broker, WorkerProcess worker, IProducer<byte[], byte[]> producer)
    {
        Directory = directory;
        _broker = broker;
        _worker = worker;
        _producer = producer;
        _http = new() { BaseAddress = worker.Rest.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>A directory of its own, removed at the end.</summary>
    public string Directory { get; }

    public Uri Address => _worker.Rest.Address;

    public HttpClient Http => _http;

    public ConnectClient Rest => _worker.Rest;

    public WorkerProcess Worker => _worker;

    public BrokerProcess Broker => _broker;

    public static Task<Stage> StartAsync(params (string Key, string Value)[] settings) => StartAsync([], settings);

    /// <summary>With further topics.</summary>
    public static async Task<Stage> StartAsync((string Topic, int Partitions)[] topics, params (string Key, string Value)[] settings)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("exports-operations-").FullName;
        LibrdkafkaLoader.Load();
        var broker = await BrokerProcess.StartAsync(directory, [(Topic, Partitions), .. topics], TimeSpan.FromMinutes(15));
        var keys = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = broker.BootstrapServers,
            ["offset.flush.interval.ms"] = "1000",
            ["key.converter"] = "org.apache.kafka.connect.storage.StringConverter",
            ["value.converter"] = "org.apache.kafka.connect.storage.StringConverter",
        };
        foreach (var (key, value) in settings)
            keys[key] = value;
        var worker = await WorkerProcess.StartAsync(Path.Combine(directory, "worker"), keys);
        var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return new(directory, broker, worker, producer);
    }

    /// <summary>Writes records to all partitions in turn, and waits until Kafka has them.</summary>
    public async Task ProduceAsync(int count, Func<int, string>? value = null)
    {
        var writes = new List<Task>(count);
        for (var i = 0; i < count; i++)
        {
            writes.Add(_producer.ProduceAsync(
                new TopicPartition(Topic, i % Partitions),
                new() { Key = Encoding.UTF8.GetBytes($"k{i}"), Value = Encoding.UTF8.GetBytes(value?.Invoke(i) ?? $"{{\"id\":{i}}}") }));
        }

        await Task.WhenAll(writes);
    }

    /// <summary>The first offset of each partition.</summary>
    public IReadOnlyList<long> Beginnings()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _broker.BootstrapServers, GroupId = "test" })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        return [.. Enumerable.Range(0, Partitions).Select(partition => consumer.QueryWatermarkOffsets(new(Topic, partition), TimeSpan.FromSeconds(30)).Low.Value)];
    }

    /// <summary>Creates a connector that reads the topic, or others where the configuration says so.</summary>
    public Task CreateAsync(string name, params (string Key, string Value)[] config)
    {
        var settings = new Dictionary<string, string> { ["topics"] = Topic };
        foreach (var (key, value) in config)
            settings[key] = value;
        return Rest.PutConfigAsync(name, settings);
    }

    /// <summary>Creates a connector to a file.</summary>
    /// <returns>The file.</returns>
    public async Task<string> CreateFileAsync(string name, params (string Key, string Value)[] config)
    {
        var file = Path.Combine(Directory, $"{name}.txt");
        await CreateAsync(name, [("connector.class", "FileStreamSink"), ("file", file), .. config]);
        return file;
    }

    public async Task<JsonElement> GetAsync(string path) => await _http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public Task<JsonElement> DetailAsync(string connector) => GetAsync($"/exports/connectors/{connector}");

    public async Task<string> StateAsync(string connector)
        => (await GetAsync($"/connectors/{connector}/status")).GetProperty("connector").GetProperty("state").GetString()!;

    public async Task<Scrape> ScrapeAsync() => Scrape.Parse(await _http.GetStringAsync("/metrics", TestContext.Current.CancellationToken));

    /// <summary>How many lines a file has; 0 when there is none.</summary>
    public static int LinesOf(string file) => File.Exists(file) ? File.ReadLines(file).Count() : 0;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _producer.Dispose();
        await _worker.DisposeAsync();
        await _broker.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
