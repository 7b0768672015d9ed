using System.Net.Http.Json;
using System.Text.Json;
using Confluent.Kafka;
using Exports.Demo.Destinations;
using Exports.Harness;
using Exports.SystemTests.Records;

namespace Exports.SystemTests.Cluster;

/// <summary>
/// Several workers with one Redis, a connector that copies a topic with a task a partition, and an eye on when records of which
/// partition arrive.
/// </summary>
internal sealed class WorkerCluster : IAsyncDisposable
{
    public const int Partitions = 6;
    public const string Connector = "copy";
    private const string Source = "numbers";
    private const string Target = "numbers-copy";

    private readonly string _directory;
    private readonly BrokerProcess _kafka;
    private readonly Watcher _watcher;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private WorkerCluster(string directory, BrokerProcess kafka, RedisProcess redis, List<WorkerProcess> workers)
    {
        _directory = directory;
        _kafka = kafka;
        Redis = redis;
        Workers = workers;
        Topic = new(
            Target, kafka.BootstrapServers, NumberedRecords.TryRead, 0, number => (int)(number % Partitions), Partitions,
            TimeProvider.System, TimeSpan.FromMilliseconds(20));
        _watcher = new(Topic);
    }

    public RedisProcess Redis { get; }

    public List<WorkerProcess> Workers { get; }

    public TopicDestination Topic { get; }

    public static async Task<WorkerCluster> StartAsync(int workers)
    {
        var directory = Directory.CreateTempSubdirectory("exports-cluster-").FullName;
        var kafka = await BrokerProcess.StartAsync(directory, [(Source, Partitions), (Target, Partitions)], TimeSpan.FromHours(1));
        var redis = await RedisProcess.StartAsync(Path.Combine(directory, "redis"));
        var cluster = new WorkerCluster(directory, kafka, redis, []);
        for (var i = 0; i < workers; i++)
            await cluster.AddAsync();
        await cluster.AreMembersAsync(workers);
        await cluster.CreateAsync();
        return cluster;
    }

    /// <summary>Creates the connector, and waits until it runs.</summary>
    public async Task CreateAsync()
    {
        await Workers[0].Rest.PutConfigAsync(Connector, new Dictionary<string, string>
        {
            ["connector.class"] = "KafkaSink",
            ["tasks.max"] = $"{Partitions}",
            ["topics"] = Source,
            ["target.bootstrap.servers"] = _kafka.BootstrapServers,
            ["target.topic"] = Target,
        });
        await Workers[0].Rest.WaitUntilRunningAsync(Connector, Partitions);
    }

    /// <summary>Starts one more worker.</summary>
    public async Task<WorkerProcess> AddAsync()
    {
        var worker = await StartAsync($"worker-{Workers.Count}", "worker");
        Workers.Add(worker);
        return worker;
    }

    /// <summary>Starts a process that runs no connectors and answers for the workers.</summary>
    public Task<WorkerProcess> StartFrontAsync() => StartAsync("front", "api");

    private Task<WorkerProcess> StartAsync(string name, string role)
        => WorkerProcess.StartAsync(Path.Combine(_directory, name), new Dictionary<string, string>
        {
            ["worker.role"] = role,
            ["bootstrap.servers"] = _kafka.BootstrapServers,
            ["cluster.redis"] = Redis.Address,
            ["cluster.advertised.address"] = "127.0.0.1",
            ["cluster.port"] = "0",
            ["cluster.gateway.port"] = "0",
            ["cluster.balance.interval.ms"] = "2000",
            ["offset.flush.interval.ms"] = "500",
            ["consumer.fetch.max.wait.ms"] = "10",
        });

    public PacedFeed Feed() => new(_kafka.BootstrapServers, Source, Partitions, long.MaxValue, Topic.Backlog);

    /// <summary>The worker that each task runs in, by task number, as any worker tells it.</summary>
    public async Task<Dictionary<int, string>> PlacesAsync(WorkerProcess asked)
    {
        var status = await _http.GetFromJsonAsync<JsonElement>(new Uri(asked.Rest.Address, $"/connectors/{Connector}/status"));
        return status.GetProperty("tasks").EnumerateArray()
            .Where(task => task.GetProperty("state").GetString() == "RUNNING")
            .ToDictionary(task => task.GetProperty("id").GetInt32(), task => task.GetProperty("worker_id").GetString()!);
    }

    /// <summary>What the connector's group has committed in Kafka, by partition.</summary>
    public async Task<long[]> GroupOffsetsAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka.BootstrapServers }).Build();
        var partitions = Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(Source, partition)).ToList();
        var found = await admin.ListConsumerGroupOffsetsAsync([new($"connect-{Connector}", partitions)]);
        return [.. found.Single().Partitions.OrderBy(partition => partition.Partition.Value).Select(partition => partition.Offset.Value)];
    }

    /// <summary>SIGKILL for all workers.</summary>
    public Task KillAllAsync() => Task.WhenAll(Workers.Select(worker => worker.KillAsync()));

    /// <summary>Starts all workers again, and waits until they are one cluster.</summary>
    public async Task StartAllAsync()
    {
        await Task.WhenAll(Workers.Select(worker => worker.StartAsync()));
        await AreMembersAsync(Workers.Count);
    }

    /// <summary>The partitions that each task reads.</summary>
    public async Task<ILookup<int, int>> PartitionsAsync(WorkerProcess asked)
    {
        var detail = await _http.GetFromJsonAsync<JsonElement>(new Uri(asked.Rest.Address, $"/exports/connectors/{Connector}"));
        return detail.GetProperty("partitions").EnumerateArray()
            .ToLookup(partition => partition.GetProperty("task").GetInt32(), partition => partition.GetProperty("partition").GetInt32());
    }

    /// <summary>Waits until every worker that runs sees that many, all ready.</summary>
    public Task AreMembersAsync(int count) => Waiting.UntilAsync($"there are {count} workers", async () =>
    {
        foreach (var worker in Workers)
        {
            var cluster = await _http.GetFromJsonAsync<JsonElement>(new Uri(worker.Rest.Address, "/exports/cluster"));
            if (cluster.GetProperty("workers").EnumerateArray().Count(member => member.GetProperty("ready").GetBoolean()) != count)
                return false;
        }

        return true;
    });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        await _watcher.DisposeAsync();
        Topic.Dispose();
        await Redis.DisposeAsync();
        await _kafka.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
