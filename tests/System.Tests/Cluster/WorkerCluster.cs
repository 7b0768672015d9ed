using System.Net.Http.Json;
using System.Text.Json;
using Confluent.Kafka;
using Exports.Demo.Destinations;
using Exports.Harness;
using Exports.SystemTests.Records;

namespace Exports.SystemTests.Cluster;

/// <summary>
/// Several workers with one Redis, a connector that copies a topic with a task a partition, records that are fed to it all the time, and
/// an eye on when those of which partition arrive.
/// </summary>
internal sealed class WorkerCluster : IAsyncDisposable
{
    public const int Partitions = 6;
    public const string Connector = "copy";

    /// <summary>Records a second that are fed.</summary>
    public const int Rate = 1500;

    private const string Source = "numbers";
    private const string Target = "numbers-copy";

    private readonly string _directory;
    private readonly BrokerProcess _kafka;
    private readonly Watcher _watcher;
    private readonly ITestOutputHelper _output;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource _stop = new();
    private readonly PacedFeed _feed;
    private Task _feeding = Task.CompletedTask;
    private int _added;

    private WorkerCluster(ITestOutputHelper output, string directory, BrokerProcess kafka, RedisProcess redis)
    {
        _output = output;
        _directory = directory;
        _kafka = kafka;
        Redis = redis;
        Topic = new(
            Target, kafka.BootstrapServers, NumberedRecords.TryRead, 0, number => (int)(number % Partitions), Partitions,
            TimeProvider.System, TimeSpan.FromMilliseconds(20));
        _watcher = new(Topic);
        _feed = new(kafka.BootstrapServers, Source, Partitions, long.MaxValue, Topic.Backlog);
    }

    /// <summary>How long a fault may take to be overcome.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(2);

    public RedisProcess Redis { get; }

    public List<WorkerProcess> Workers { get; } = [];

    public TopicDestination Topic { get; }

    /// <summary>The machine that <see cref="StartWithOtherMachineAsync"/> has made.</summary>
    public OtherMachine? Machine { get; private set; }

    /// <summary>Records fed so far.</summary>
    public long Produced => _feed.Produced;

    /// <summary>Starts workers and the feed; completes when records of all partitions arrive.</summary>
    /// <param name="output">Where counts are written to.</param>
    /// <param name="workers">How many.</param>
    /// <param name="build">The folder with their program; null for this build's.</param>
    public static async Task<WorkerCluster> StartAsync(ITestOutputHelper output, int workers, string? build = null)
    {
        var cluster = await PrepareAsync(output);
        for (var i = 0; i < workers; i++)
            await cluster.AddAsync(build: build);
        await cluster.FeedAsync();
        return cluster;
    }

    /// <summary>As <see cref="StartAsync"/>, with the last of the workers on another machine.</summary>
    /// <param name="output">Where counts are written to.</param>
    /// <param name="here">How many are on this machine.</param>
    /// <param name="there">How many are on the other.</param>
    public static async Task<WorkerCluster> StartWithOtherMachineAsync(ITestOutputHelper output, int here, int there)
    {
        var cluster = await PrepareAsync(output);
        cluster.Machine = await OtherMachine.StartAsync(cluster._directory);
        for (var i = 0; i < here; i++)
            await cluster.AddAsync(new Dictionary<string, string> { ["cluster.advertised.address"] = OtherMachine.WorkersHere });
        for (var i = 0; i < there; i++)
        {
            await cluster.AddAsync(
                new Dictionary<string, string>
                {
                    ["listeners"] = $"http://{OtherMachine.ServicesThere}:{8083 + i}",
                    ["cluster.advertised.address"] = OtherMachine.WorkersThere,
                    ["cluster.port"] = $"{11111 + i}",
                    ["cluster.gateway.port"] = $"{30000 + i}",
                },
                through: cluster.Machine.Inside);
        }

        await cluster.FeedAsync();
        return cluster;
    }

    /// <summary>Starts one more worker.</summary>
    /// <param name="settings">Worker keys that differ from those of the others.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="build">The folder with its program; null for this build's.</param>
    /// <param name="through">A program with arguments that becomes the worker; empty for none.</param>
    public async Task<WorkerProcess> AddAsync(
        IReadOnlyDictionary<string, string>? settings = null, IReadOnlyDictionary<string, string?>? environment = null, string? build = null,
        params IReadOnlyList<string> through)
    {
        var worker = await StartAsync($"worker-{_added++}", settings ?? new Dictionary<string, string>(), environment, build, through);
        Workers.Add(worker);
        return worker;
    }

    /// <summary>Starts a process that runs no connectors and answers for the workers.</summary>
    public Task<WorkerProcess> StartFrontAsync() => StartAsync("front", new Dictionary<string, string> { ["worker.role"] = "api" });

    private Task<WorkerProcess> StartAsync(
        string name, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string?>? environment = null, string? build = null,
        params IReadOnlyList<string> through)
    {
        var all = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = _kafka.BootstrapServers,
            ["cluster.redis"] = Redis.Address,
            ["cluster.advertised.address"] = "127.0.0.1",
            ["cluster.port"] = "0",
            ["cluster.gateway.port"] = "0",
            ["cluster.balance.interval.ms"] = "2000",
            ["offset.flush.interval.ms"] = "500",
            ["consumer.fetch.max.wait.ms"] = "10",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        return WorkerProcess.StartAsync(Path.Combine(_directory, name), all, environment, build, through);
    }

    /// <summary>Creates the connector or changes it, and waits until it runs with that many tasks.</summary>
    public async Task ConfigureAsync(WorkerProcess asked, int tasks)
    {
        await asked.Rest.PutConfigAsync(Connector, new Dictionary<string, string>
        {
            ["connector.class"] = "KafkaSink",
            ["tasks.max"] = $"{tasks}",
            ["topics"] = Source,
            ["target.bootstrap.servers"] = _kafka.BootstrapServers,
            ["target.topic"] = Target,
        });
        await Waiting.UntilAsync($"{tasks} tasks run", async () => (await PlacesAsync(asked)).Count == tasks && (await PartitionsAsync(asked)).Count == tasks);
    }

    /// <summary>Ends a worker (SIGTERM), which is one of the cluster no more.</summary>
    public async Task RemoveAsync(WorkerProcess worker)
    {
        Assert.Equal(0, await worker.StopAsync(TimeSpan.FromMinutes(1)));
        Workers.Remove(worker);
        await worker.DisposeAsync();
    }

    /// <summary>Waits until every worker has its share of the tasks, and then for five seconds' worth of records.</summary>
    /// <returns>The longest time without a record of any partition meanwhile, in seconds.</returns>
    public async Task<double> JitterAsync()
    {
        await AreBalancedAsync();
        await using var watch = new Arrivals(Topic, Partitions, grace: TimeSpan.Zero);
        await ArriveAsync(seconds: 5);
        return Enumerable.Range(0, Partitions).Max(watch.LongestGap);
    }

    /// <summary>Does something to a worker, and waits until its partitions are delivered elsewhere.</summary>
    /// <param name="victims">The workers.</param>
    /// <param name="fault">What is done to them.</param>
    public async Task<Loss> LoseAsync(IReadOnlyCollection<WorkerProcess> victims, Func<Task> fault)
    {
        var asked = Workers.First(worker => !victims.Contains(worker));
        var lost = new HashSet<int>();
        foreach (var victim in victims)
            lost.UnionWith(await PartitionsOfAsync(victim, asked));
        await fault();
        // What was on its way at the fault arrives at once.
        await using var watch = new Arrivals(Topic, Partitions, grace: TimeSpan.FromMilliseconds(300));
        await Waiting.UntilAsync("the lost partitions are delivered elsewhere", () => lost.All(watch.HasAdvanced), Limit);
        return new(
            [.. lost.Select(watch.Outage)],
            Enumerable.Range(0, Partitions).Where(partition => !lost.Contains(partition)).Select(watch.LongestGap).DefaultIfEmpty(0).Max());
    }

    /// <summary>Waits until workers that were taken for dead have ended, and starts them again, as whoever runs them would.</summary>
    public async Task EndsAndComesBackAsync(params IReadOnlyList<WorkerProcess> workers)
    {
        foreach (var worker in workers)
        {
            await Waiting.UntilAsync("it has ended", () => worker.Process.HasExited, Limit);
            await worker.KillAsync();
        }

        await Task.WhenAll(workers.Select(worker => worker.StartAsync()));
        await AreMembersAsync(Workers.Count);
    }

    /// <summary>Waits until no worker has two tasks more than another and nothing waits, and then for a second's worth of records.</summary>
    /// <returns>The worker that each task runs in.</returns>
    public async Task<Dictionary<int, string>> AreBalancedAsync()
    {
        Dictionary<int, string> places = [];
        await Waiting.UntilAsync("every worker has its share", async () =>
        {
            places = await PlacesAsync(Workers[0]);
            var tasks = places.Values.CountBy(worker => worker).Select(worker => worker.Value).ToList();
            return places.Count == Partitions && tasks.Count == Workers.Count && tasks.Max() - tasks.Min() <= 1;
        }, Limit);
        // What still waits from a loss before would hold up the feed in the next one.
        await Waiting.UntilAsync("what waited has arrived", () => Topic.Backlog.Highest < Rate / Partitions, Limit);
        await ArriveAsync(seconds: 1);
        return places;
    }

    /// <summary>Waits until some workers have ended, and those that are left know of one another alone and run all tasks.</summary>
    /// <returns>Those that have ended.</returns>
    public async Task<IReadOnlyList<WorkerProcess>> PartAsync()
    {
        List<WorkerProcess> ended = [];
        await Waiting.UntilAsync("a part of the workers goes on without the others", async () =>
        {
            ended = [.. Workers.Where(worker => worker.Process.HasExited)];
            if (ended.Count == 0)
                return false;
            foreach (var worker in Workers.Except(ended))
            {
                try
                {
                    var places = await PlacesAsync(worker);
                    if (await MembersAsync(worker) != Workers.Count - ended.Count || places.Count != Partitions
                        || ended.Any(gone => places.ContainsValue(gone.Rest.Address.Authority)))
                    {
                        return false;
                    }
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    // It is about to end, or asks a grain that was where it cannot reach.
                    return false;
                }
            }

            return true;
        }, Limit);
        return ended;
    }

    /// <summary>Waits until all tasks run, and none in a worker, as another tells it.</summary>
    public Task RunElsewhereAsync(WorkerProcess worker, WorkerProcess asked) => Waiting.UntilAsync("its tasks run elsewhere", async () =>
    {
        try
        {
            var places = await PlacesAsync(asked);
            return places.Count == Partitions && !places.ContainsValue(worker.Rest.Address.Authority);
        }
        catch (HttpRequestException)
        {
            // The connector's own grain was there, and is not elsewhere yet.
            return false;
        }
    }, Limit);

    /// <summary>Waits until so many seconds' worth of records has arrived.</summary>
    public Task ArriveAsync(int seconds) => Waiting.UntilReachedAsync("records arrive", () => Topic.Arrived, Topic.Arrived + (seconds * Rate));

    /// <summary>Ends the feed, waits until all of it is at the target, and counts: nothing is missing, and every partition kept its order.</summary>
    public async Task EndAsync()
    {
        _feed.End();
        await _feeding;
        await Waiting.UntilReachedAsync("the target has everything", () => Produced - Topic.Backlog.Count, Produced);
        Count();
    }

    /// <summary>Counts what is at the target: nothing that was fed is missing, and every partition kept its order.</summary>
    public void Count()
    {
        var found = Topic.Check;
        _output.WriteLine($"{Produced} records, {found.Distinct} found, {found.Duplicates} twice, {found.OutOfOrder} out of order");
        Assert.Equal(0, found.Missing(0, Produced));
        Assert.Equal((0, 0), (found.OutOfOrder, found.Unreadable));
    }

    /// <summary>Waits until the stored offsets are those behind everything that was fed.</summary>
    public Task AllIsStoredAsync() => Waiting.UntilAsync(
        "all offsets are stored", async () => (await Workers[0].Rest.OffsetsAsync(Connector)).Values.Sum() == Produced, Limit);

    /// <summary>Waits until offsets behind the first so many records are stored, of every partition.</summary>
    public Task IsStoredAsync(long records) => Waiting.UntilAsync($"the offsets of {records} records are stored", async () =>
    {
        var offsets = await Workers[0].Rest.OffsetsAsync(Connector);
        return Enumerable.Range(0, Partitions).All(partition => offsets.GetValueOrDefault(partition) >= records / Partitions);
    }, Limit);

    /// <summary>The partitions that a worker reads.</summary>
    public async Task<IReadOnlyList<int>> PartitionsOfAsync(WorkerProcess worker, WorkerProcess asked)
    {
        var places = await PlacesAsync(asked);
        var partitions = await PartitionsAsync(asked);
        return [.. places.Where(place => place.Value == worker.Rest.Address.Authority).SelectMany(place => partitions[place.Key])];
    }

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

    /// <summary>How many workers of each version there are, as one of them tells it.</summary>
    public async Task<Dictionary<string, int>> VersionsAsync(WorkerProcess asked)
    {
        var cluster = await _http.GetFromJsonAsync<JsonElement>(new Uri(asked.Rest.Address, "/exports/cluster"));
        return cluster.GetProperty("workers").EnumerateArray().CountBy(worker => worker.GetProperty("version").GetString()!).ToDictionary();
    }

    /// <summary>Waits until every worker that runs sees that many, all ready.</summary>
    public Task AreMembersAsync(int count) => Waiting.UntilAsync($"there are {count} workers", async () =>
    {
        foreach (var worker in Workers)
        {
            if (await MembersAsync(worker) != count)
                return false;
        }

        return true;
    });

    /// <summary>How many workers one of them knows to be ready.</summary>
    private async Task<int> MembersAsync(WorkerProcess asked)
    {
        var cluster = await _http.GetFromJsonAsync<JsonElement>(new Uri(asked.Rest.Address, "/exports/cluster"));
        return cluster.GetProperty("workers").EnumerateArray().Count(member => member.GetProperty("ready").GetBoolean());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _http.Dispose();
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        if (Machine is not null)
            await Machine.DisposeAsync();
        await _watcher.DisposeAsync();
        Topic.Dispose();
        await Redis.DisposeAsync();
        await _kafka.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<WorkerCluster> PrepareAsync(ITestOutputHelper output)
    {
        var directory = Directory.CreateTempSubdirectory("exports-cluster-").FullName;
        var kafka = await BrokerProcess.StartAsync(directory, [(Source, Partitions), (Target, Partitions)], TimeSpan.FromHours(1));
        return new(output, directory, kafka, await RedisProcess.StartAsync(Path.Combine(directory, "redis")));
    }

    private async Task FeedAsync()
    {
        await AreMembersAsync(Workers.Count);
        await ConfigureAsync(Workers[0], Partitions);
        _feeding = _feed.RunAsync(Rate, _stop.Token);
        await Waiting.UntilAsync("records of all partitions arrive", () => Enumerable.Range(0, Partitions).All(partition => Topic.HighestOf(partition) >= 0));
    }
}
