using System.CommandLine;
using Confluent.Kafka;
using Exports.Bench.Cluster;
using Exports.Bench.EndToEnd;
using Exports.Bench.Idle;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Bench.Page;
using Exports.Bench.PassThrough;
using Exports.Bench.Rest;
using Exports.Bench.Sinks;
using Exports.Demo.Commands;
using Microsoft.Playwright;

namespace Exports.Bench;

/// <summary>The command line: what to measure, with which options, and where the figures go.</summary>
internal static class BenchCommand
{
    private const string All = "all";
    private const string Sinks = "sinks";
    private const string Cluster = "cluster";

    private static readonly Dictionary<string, (string Description, Func<BenchOptions, Report, Task> Run)> s_measurements = new()
    {
        ["pass-through"] = ("Kafka → a sink that only counts, in turn with librdkafka's batch call and Confluent.Kafka's Consume.", PassThroughBench.RunAsync),
        ["kafka"] = ("Kafka → Kafka, in turn with the same two loops, and with one that consumes and produces.", CopyBench.RunAsync),
        ["idle"] = ("What idle connectors cost: memory, threads, CPU, and the time until all are RUNNING.", IdleBench.RunAsync),
        ["rest"] = ("Connectors created over REST by 16 clients, and listed with both expansions, at one, two and four times --connectors.", RestBench.RunAsync),
        ["page"] = ("Until a browser shows the list of connectors, in turn with the same rows as plain HTML.", PageBench.RunAsync),
        [Cluster] = ("Thousands of connectors over three workers: until they run, what they cost, how evenly they are spread, and how long calls take. Engine Orleans only.", ClusterBench.RunAsync),
        ["latency"] = ("From produce to delivery, at steady rates.", LatencyBench.RunAsync),
        ["kinesis"] = ("Kafka → an emulator of Kinesis, in turn with a loop that sends the same requests.", KinesisBench.RunAsync),
        ["pubsub"] = ("Kafka → an emulator of Pub/Sub, likewise.", PubSubBench.RunAsync),
        ["http"] = ("Kafka → an HTTP receiver, likewise.", HttpBench.RunAsync),
    };

    private static readonly Dictionary<string, (string Description, IReadOnlyCollection<string> Measurements)> s_groups = new()
    {
        [Sinks] = ("kinesis, pubsub and http.", ["kinesis", "pubsub", "http"]),
        [All] = ("All of these that the engine can.", [.. s_measurements.Keys.Where(what => what != Cluster || Report.Engine == "Orleans")]),
    };

    public static RootCommand Create()
    {
        var root = new RootCommand("Measures the worker. Without a command: all.");
        var records = new Option<long?>("--records") { Description = "Records for throughput. [default: 3000000; for sinks, what their emulators take in some seconds]", HelpName = "N" };
        var size = new Option<int>("--size") { Description = "Bytes of a record's value.", DefaultValueFactory = _ => 200 };
        var rounds = new Option<int>("--rounds") { Description = "How often each reader takes its turn.", DefaultValueFactory = _ => 5 };
        var tasks = new Option<int>("--tasks") { Description = "tasks.max of the connectors whose throughput is measured.", DefaultValueFactory = _ => 1 };
        var connectors = new Option<int?>("--connectors") { Description = "How many idle connectors; for rest the least of three sizes. [default: 1000; for page 5000, for cluster 2000]", HelpName = "N" };
        var idleTime = new Option<TimeSpan?>("--idle-time") { Description = "How long idle connectors are watched. [default: 30s]", HelpName = "TIME", CustomParser = Durations.Parse };
        var rates = new Option<int[]>("--rates") { Description = "Records a second for latency.", DefaultValueFactory = _ => [1000, 20_000], AllowMultipleArgumentsPerToken = true };
        var latencyTime = new Option<TimeSpan?>("--latency-time") { Description = "How long each rate is held. [default: 20s]", HelpName = "TIME", CustomParser = Durations.Parse };
        var json = new Option<FileInfo?>("--json") { Description = "The file to write the figures to. [default: artifacts/bench/<time>-<what>.json]", HelpName = "FILE" };
        records.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() < 1000)
                result.AddError("--records must be at least 1000");
        });
        AtLeast(size, 16);
        AtLeast(rounds, 1);
        AtLeast(tasks, 1);
        connectors.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--connectors must be at least 1");
        });
        foreach (var option in new Option[] { records, size, rounds, tasks, connectors, idleTime, rates, latencyTime, json })
        {
            option.Recursive = true;
            root.Add(option);
        }

        rates.Validators.Add(result =>
        {
            if (Array.Exists(result.GetValueOrDefault<int[]>() ?? [], rate => rate < 1))
                result.AddError("--rates must be 1 or more");
        });

        foreach (var (what, measurement) in s_measurements)
            root.Add(Measure(what, measurement.Description));
        foreach (var (what, group) in s_groups)
            root.Add(Measure(what, group.Description));
        root.SetAction((parsed, _) => RunAsync(All, parsed));
        return root;

        Command Measure(string what, string description)
        {
            var command = new Command(what, description);
            command.SetAction((parsed, _) => RunAsync(what, parsed));
            return command;
        }

        async Task<int> RunAsync(string what, ParseResult parsed)
        {
            var file = parsed.GetValue(json)?.FullName ?? Report.DefaultFile(what, TimeProvider.System);
            var directory = Directory.CreateTempSubdirectory("exports-bench-");
            var options = new BenchOptions(
                parsed.GetValue(records), parsed.GetValue(size), parsed.GetValue(rounds), parsed.GetValue(tasks),
                parsed.GetValue(connectors), parsed.GetValue(idleTime) ?? TimeSpan.FromSeconds(30),
                parsed.GetValue(rates)!, parsed.GetValue(latencyTime) ?? TimeSpan.FromSeconds(20), directory.FullName);
            try
            {
                await RunAllAsync(s_groups.TryGetValue(what, out var group) ? group.Measurements : [what], options, file, parsed);
                return 0;
            }
            catch (Exception e) when (e is InvalidOperationException or TimeoutException or HttpRequestException or KafkaException or PlaywrightException)
            {
                Progress.Say($"{what}: {e.Message}");
                return 1;
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        }
    }

    private static async Task RunAllAsync(IEnumerable<string> measurements, BenchOptions options, string file, ParseResult parsed)
    {
        var report = new Report($"./exports bench {string.Join(' ', parsed.Tokens.Select(token => token.Value))}".TrimEnd());
        foreach (var measurement in measurements)
        {
            await s_measurements[measurement].Run(options, report);
            report.Write(file);
        }

        Console.WriteLine($"Written to {Path.GetRelativePath(Environment.CurrentDirectory, file)}.");
        if (Environment.GetEnvironmentVariable(BenchKafka.Variable) is not { Length: > 0 })
            Console.WriteLine("All of it with the embedded Kafka on the same machine. A real one: KAFKA_BOOTSTRAP_SERVERS=host:port ./exports bench …");
    }

    private static void AtLeast<T>(Option<T> option, T least)
        where T : IComparable<T>
        => option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is { } value && value.CompareTo(least) < 0)
                result.AddError($"{option.Name} must be at least {least}");
        });
}
