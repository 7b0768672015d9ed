using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Harness;

namespace Exports.Bench.Cluster;

/// <summary>
/// Very many connectors over three workers with one Redis: how long they take to come up, what they cost, how evenly they are spread, how
/// long calls take meanwhile, and how long it takes when one worker is killed. Each connector has one task and a topic of its own; some
/// topics get records while calls are timed.
/// </summary>
internal static class ClusterBench
{
    private const int Workers = 3;
    private const int Clients = 16;
    private const int Busy = 30;
    private const int Rate = 3000;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_evening = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        if (Report.Engine != "Orleans")
            throw new InvalidOperationException("a cluster needs the engine Orleans (./exports bench cluster --engine Orleans), where its packages can be restored");
        var count = options.GivenConnectors ?? 2000;
        var topics = Enumerable.Range(0, count).Select(TopicOf).ToList();
        await using var kafka = await BenchKafka.StartAsync(options.Directory, [.. topics.Select(topic => (topic, 1))]);
        await using var redis = await RedisProcess.StartAsync(Path.Combine(options.Directory, "redis"));
        Console.WriteLine($"cluster: {Table.Whole(count)} connectors with one task each, {Workers} workers, one Redis, {kafka.Name}");
        var workers = new List<WorkerProcess>();
        try
        {
            for (var i = 0; i < Workers; i++)
                workers.Add(await StartAsync(options, kafka, redis, i));
            using var cluster = new ClusterReader(workers);

            Progress.Say("creating them");
            var clock = Stopwatch.StartNew();
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (number, _) =>
                await workers[number % Workers].Rest.PutConfigAsync(topics[number], new Dictionary<string, string> { ["connector.class"] = "NoopSink", ["topics"] = topics[number] }));
            await cluster.UntilRunningAsync(count, s_limit);
            var created = clock.Elapsed.TotalSeconds;

            Progress.Say("starting all workers again");
            clock.Restart();
            var codes = await Task.WhenAll(workers.Select(worker => worker.StopAsync(TimeSpan.FromMinutes(2))));
            if (Array.Exists(codes, code => code != 0))
                throw new InvalidOperationException($"Workers ended with exit codes {string.Join(", ", codes)}.");
            var stopped = clock.Elapsed.TotalSeconds;
            clock.Restart();
            await Task.WhenAll(workers.Select(worker => worker.StartAsync()));
            await cluster.UntilRunningAsync(count, s_limit);
            var started = clock.Elapsed.TotalSeconds;
            var tasksAtFirst = Evenness.Of(await cluster.TasksAsync(), Workers);

            // What the start has left to do is no idle cost.
            await Task.Delay(TimeSpan.FromSeconds(45));
            Progress.Say($"watching for {options.IdleTime.TotalSeconds:F0} s");
            var before = workers.ConvertAll(worker => worker.Process.Usage);
            clock.Restart();
            await Task.Delay(options.IdleTime);
            var idle = workers.ConvertAll(worker => worker.Process.Usage);
            var tasks = Evenness.Of(await cluster.TasksAsync(), Workers);
            var cores = idle.Zip(before, (now, then) => (now.CpuSeconds - then.CpuSeconds) / clock.Elapsed.TotalSeconds).ToList();

            Progress.Say($"{Table.Whole(Rate)} records a second in {Math.Min(Busy, count)} of the topics");
            using var end = new CancellationTokenSource();
            var feeding = Task.Factory.StartNew(() => Feed(kafka, topics, options.Size, end.Token), TaskCreationOptions.LongRunning);
            clock.Restart();
            var atFirst = await cluster.RecordsAsync(Rate, s_limit);
            var records = atFirst;
            while (records.Deviation > 0.1 && clock.Elapsed < s_evening)
            {
                await Task.Delay(TimeSpan.FromSeconds(5));
                records = await cluster.RecordsAsync(Rate, s_limit);
            }

            var evened = clock.Elapsed.TotalSeconds;
            var weighed = Evenness.Of(await cluster.TasksAsync(), Workers);
            Progress.Say("timing calls");
            var calls = new Table("under this load", "median, ms", "p99, ms", "kB", "raw GET of as much, ms", "ratio");
            var times = await CallTimes.MeasureAsync(options, workers, topics);
            foreach (var call in times)
                calls.Add(call.Request, Table.Fraction(call.Median), Table.Fraction(call.P99), Table.Whole(call.Bytes / 1e3), Table.Fraction(call.RawMedian), Table.Fraction(call.Median / call.RawMedian));
            await end.CancelAsync();
            await feeding;

            Progress.Say("killing one worker");
            clock.Restart();
            await workers[^1].KillAsync();
            await cluster.UntilRunningElsewhereAsync(count, workers[^1].Rest.Address.Authority, s_limit);
            var recovered = clock.Elapsed.TotalSeconds;

            var table = new Table("", "measured");
            table.Add("to create them over REST until all RUNNING, s", Table.Fraction(created));
            table.Add("to stop all workers at once, s", Table.Fraction(stopped));
            table.Add("from their start until all RUNNING, s", Table.Fraction(started));
            table.Add("one of three killed: until all RUNNING in the others, s", Table.Fraction(recovered));
            table.Add("tasks of a worker, furthest from the mean: once all RUNNING, %", Table.Fraction(tasksAtFirst.Deviation * 100));
            table.Add("  a minute later, %", Table.Fraction(tasks.Deviation * 100));
            table.Add($"records a second of a worker, {Math.Min(Busy, count)} topics busy: at first, %", Table.Fraction(atFirst.Deviation * 100));
            table.Add("  after the balancer, %", Table.Fraction(records.Deviation * 100));
            table.Add("  tasks then, %", Table.Fraction(weighed.Deviation * 100));
            table.Add("  until then, s", Table.Fraction(evened));
            table.Add("resident memory of a worker, MB", string.Join(" ", idle.Select(usage => Table.Megabytes(usage.ResidentBytes))));
            table.Add("peak resident memory of a worker, MB", string.Join(" ", idle.Select(usage => Table.Megabytes(usage.PeakResidentBytes))));
            table.Add("threads of a worker", string.Join(" ", idle.Select(usage => usage.Threads)));
            table.Add("idle CPU of a worker, % of one core", string.Join(" ", cores.Select(share => Table.Fraction(share * 100))));
            table.Print();
            calls.Print();
            report.Add($"cluster-{count}", new
            {
                Connectors = count,
                Workers,
                Kafka = kafka.Name,
                SecondsToCreateUntilRunning = created,
                SecondsToStop = stopped,
                SecondsFromStartUntilRunning = started,
                SecondsFromKillUntilRunningElsewhere = recovered,
                TasksAtFirst = tasksAtFirst,
                Tasks = tasks,
                RecordsAtFirst = atFirst,
                Records = records,
                TasksWithRecords = weighed,
                SecondsUntilEven = evened,
                Idle = idle,
                IdleCores = cores,
                Calls = times,
            });
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }
    }

    private static Task<WorkerProcess> StartAsync(BenchOptions options, BenchKafka kafka, RedisProcess redis, int number)
        => WorkerProcess.StartAsync(Path.Combine(options.Directory, $"cluster-{number}"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["plugin.path"] = WorkerProcess.NoopSinkPath,
            ["cluster.redis"] = redis.Address,
            ["cluster.advertised.address"] = "127.0.0.1",
            ["cluster.port"] = "0",
            ["cluster.gateway.port"] = "0",
            ["log.level"] = "WARN",
        });

    private static void Feed(BenchKafka kafka, List<string> topics, int size, CancellationToken stop)
    {
        using var producer = kafka.Producer();
        var value = new byte[size];
        var busy = topics.Take(Busy).ToList();
        var clock = Stopwatch.StartNew();
        for (var produced = 0L; !stop.WaitHandle.WaitOne(5);)
        {
            for (var due = (long)(clock.Elapsed.TotalSeconds * Rate); produced < due; produced++)
                producer.Produce(busy[(int)(produced % busy.Count)], new() { Value = value });
        }

        producer.Flush(s_limit);
    }

    private static string TopicOf(int number) => $"cluster-{number:D5}";

    /// <summary>What the workers tell of their connectors.</summary>
    private sealed class ClusterReader(List<WorkerProcess> workers) : IDisposable
    {
        private readonly HttpClient _http = new() { BaseAddress = workers[0].Rest.Address, Timeout = TimeSpan.FromMinutes(2) };

        public Task UntilRunningAsync(int connectors, TimeSpan limit) => UntilRunningElsewhereAsync(connectors, "", limit);

        public Task UntilRunningElsewhereAsync(int connectors, string lost, TimeSpan limit)
            => Waiting.UntilAsync($"{connectors} connectors are RUNNING", async () =>
            {
                try
                {
                    var tasks = await TasksAsync();
                    if (tasks.Where(worker => worker.Key != lost).Sum(worker => worker.Value) >= connectors)
                        return true;
                }
                catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    // Who knows all connectors' names was in the worker that was lost.
                }

                await Task.Delay(s_pause);
                return false;
            }, limit);

        /// <summary>The running tasks of each worker.</summary>
        public async Task<Dictionary<string, double>> TasksAsync()
        {
            using var all = JsonDocument.Parse(await _http.GetByteArrayAsync("/connectors?expand=status"));
            return all.RootElement.EnumerateObject()
                .SelectMany(connector => connector.Value.GetProperty("status").GetProperty("tasks").EnumerateArray())
                .Where(task => task.GetProperty("state").GetString() == "RUNNING")
                .CountBy(task => task.GetProperty("worker_id").GetString()!)
                .ToDictionary(worker => worker.Key, worker => (double)worker.Value);
        }

        /// <summary>How evenly records are spread, once all that are produced are delivered as they come.</summary>
        public async Task<Evenness> RecordsAsync(int rate, TimeSpan limit)
        {
            Dictionary<string, double> records = [];
            await Waiting.UntilAsync("records are delivered as they come", async () =>
            {
                await Task.Delay(s_pause);
                using var all = JsonDocument.Parse(await _http.GetByteArrayAsync("/exports/cluster"));
                records = all.RootElement.GetProperty("workers").EnumerateArray().ToDictionary(
                    worker => worker.GetProperty("worker_id").GetString()!, worker => worker.GetProperty("records_out").GetDouble());
                return records.Values.Sum() > rate * 0.9;
            }, limit);
            return Evenness.Of(records, Workers);
        }

        public void Dispose() => _http.Dispose();
    }
}
