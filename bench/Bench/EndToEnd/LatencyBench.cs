using System.Text.Json;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Bench.PassThrough;
using Exports.Harness;

namespace Exports.Bench.EndToEnd;

/// <summary>From produce to delivery at steady rates: to the counting sink, and through Kafka to a consumer of the target.</summary>
internal static class LatencyBench
{
    private const int Partitions = 6;
    private const string Raw = "librdkafka's batch call alone";
    private const string Noop = "worker, to the counting sink";
    private const string Copy = "worker, Kafka sink, to a consumer of the target";

    /// <summary>How long each run goes before its records are timed.</summary>
    private static readonly TimeSpan s_warm = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        var topics = options.Rates.SelectMany(rate => new[] { "raw", "noop", "copy", "target" }.Select(use => (Topic(use, rate), Partitions))).ToList();
        await using var kafka = await BenchKafka.StartAsync(options.Directory, topics, isInProcess: true);
        Console.WriteLine($"latency: records of {options.Size} bytes, {Partitions} partitions, each rate for {options.LatencyTime.TotalSeconds:F0} s after {s_warm.TotalSeconds:F0} s to get warm, {kafka.Name}");
        if (kafka.IsEmbedded)
            Console.WriteLine("  with fetch.max.wait.ms=1: the embedded Kafka lets an empty fetch wait all of that time, even if a record arrives");

        var table = new Table("milliseconds", "records/s", "p50", "p99", "p99.9", "max", "target");
        var results = new List<object>();
        foreach (var rate in options.Rates)
        {
            foreach (var (name, run) in new (string, Func<Run, Task<Latencies>>)[] { (Raw, RawAsync), (Noop, NoopAsync), (Copy, CopyAsync) })
            {
                var latencies = await run(new(options, kafka, rate));
                Progress.Say($"{name}, {Table.Whole(rate)} records/s: p50 {Milliseconds(latencies.P50)} ms, p99 {Milliseconds(latencies.P99)} ms");
                table.Add(
                    name, Table.Whole(rate), Milliseconds(latencies.P50), Milliseconds(latencies.P99), Milliseconds(latencies.P999),
                    Milliseconds(latencies.Max), name == Noop && rate == 1000 ? "p99 below 5" : "");
                results.Add(new { Name = name, Rate = rate, Microseconds = latencies });
            }
        }

        table.Print();
        report.Add("latency", new { options.Size, Partitions, Kafka = kafka.Name, Results = results });

        static string Milliseconds(long micros) => Table.Fraction(micros / 1000.0);
    }

    private static async Task<Latencies> RawAsync(Run run)
    {
        var topic = Topic("raw", run.Rate);
        var reading = run.ReadAsync(topic);
        run.Feed(topic);
        return await reading;
    }

    private static async Task<Latencies> NoopAsync(Run run)
    {
        var topic = Topic("noop", run.Rate);
        await using var worker = await run.StartWorkerAsync(topic);
        var file = Path.Combine(run.Options.Directory, $"{topic}.json");
        await worker.Rest.PutConfigAsync(topic, new Dictionary<string, string>
        {
            ["connector.class"] = "NoopSink",
            ["topics"] = topic,
            ["latency"] = "true",
            ["latency.skip.records"] = $"{run.Skip}",
            ["expected.records"] = $"{run.Records}",
            ["report.file"] = file,
        });
        await worker.Rest.WaitUntilRunningAsync(topic, 1);
        run.Feed(topic);
        await Waiting.UntilAsync("the sink has got everything", () => File.Exists(file));
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        return json.RootElement.GetProperty("latency").Deserialize<Latencies>(JsonSerializerOptions.Web)!;
    }

    private static async Task<Latencies> CopyAsync(Run run)
    {
        var (topic, target) = (Topic("copy", run.Rate), Topic("target", run.Rate));
        await using var worker = await run.StartWorkerAsync(topic);
        await worker.Rest.PutConfigAsync(topic, KafkaSink.Config(run.Kafka.BootstrapServers, topic, target, 1));
        await worker.Rest.WaitUntilRunningAsync(topic, 1);
        var reading = run.ReadAsync(target);
        run.Feed(topic, target);
        return await reading;
    }

    private static string Topic(string use, int rate) => $"latency-{use}-{rate}";

    private sealed record Run(BenchOptions Options, BenchKafka Kafka, int Rate)
    {
        public long Skip => (long)(s_warm.TotalSeconds * Rate);

        public long Records => Skip + (long)(Options.LatencyTime.TotalSeconds * Rate);

        private (string Name, string Value)[] ConsumerSettings => Kafka.IsEmbedded ? [("fetch.max.wait.ms", "1")] : [];

        public void Feed(string topic, string? target = null)
            => SteadyFeed.Run(Kafka, topic, Partitions, Records, Rate, Options.Size, target);

        public Task<Latencies> ReadAsync(string topic)
        {
            var settings = RawSettings.AsWorker(Kafka.BootstrapServers, ConsumerSettings);
            return Task.Factory.StartNew(
                () => Latencies.Of(LatencyReader.Run(settings, topic, Partitions, Records, Skip, Options.LatencyTime + TimeSpan.FromMinutes(1))),
                TaskCreationOptions.LongRunning);
        }

        public Task<WorkerProcess> StartWorkerAsync(string folder)
        {
            var settings = new Dictionary<string, string>
            {
                ["bootstrap.servers"] = Kafka.BootstrapServers,
                ["plugin.path"] = WorkerProcess.NoopSinkPath,
                ["log.level"] = "WARN",
            };
            foreach (var (name, value) in ConsumerSettings)
                settings["consumer." + name] = value;
            return WorkerProcess.StartAsync(Path.Combine(Options.Directory, folder), settings);
        }
    }
}
