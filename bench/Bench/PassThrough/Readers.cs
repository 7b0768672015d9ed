using System.Text.Json;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Bench.Raw;
using Exports.Harness;

namespace Exports.Bench.PassThrough;

/// <summary>The readers that take turns over one topic, each in a fresh process.</summary>
internal sealed class Readers(BenchKafka kafka, BenchOptions options, string topic, int partitions)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private int _runs;

    /// <summary>A raw loop, with the settings that the worker's own reader uses or with librdkafka's defaults.</summary>
    public async Task<Sample> RawAsync(string loop, bool defaults = false, string? target = null)
    {
        var name = Path.Combine(options.Directory, $"{loop}-{++_runs}");
        var settings = defaults ? RawSettings.Defaults(kafka.BootstrapServers) : RawSettings.AsWorker(kafka.BootstrapServers);
        new RawRequest(settings, topic, partitions, options.Records, target).Save(name + ".json");
        await using var process = ChildProcess.Start("Bench", ["raw", loop, name + ".json"], name + ".log");
        var code = await process.WaitAsync(s_limit);
        return code == 0 ? Sample.Read(process.ReadLog()) : throw new InvalidOperationException($"The {loop} loop failed:\n{process.Tail()}");
    }

    /// <summary>The worker, with a connector to the sink that only counts.</summary>
    public async Task<Sample> WorkerAsync()
    {
        var directory = Path.Combine(options.Directory, $"worker-{++_runs}");
        await using var worker = await StartWorkerAsync(directory);
        var report = Path.Combine(directory, "report.json");
        // A name of its own: the group of an earlier one of that name may say that everything was delivered.
        await worker.Rest.PutConfigAsync($"pass-through-{_runs}", new Dictionary<string, string>
        {
            ["connector.class"] = "NoopSink",
            ["tasks.max"] = $"{options.Tasks}",
            ["topics"] = topic,
            ["expected.records"] = $"{options.Records}",
            ["report.file"] = report,
        });
        await Waiting.UntilAsync("the sink has got everything", () => File.Exists(report), s_limit);
        var usage = worker.Process.Usage;
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(report));
        var root = json.RootElement;
        if (root.GetProperty("records").GetInt64() != options.Records)
            throw new InvalidOperationException($"The sink has got {root.GetProperty("records")} records instead of {options.Records}.");
        return new(
            options.Records,
            root.GetProperty("seconds").GetDouble(),
            root.GetProperty("cpuSeconds").GetDouble(),
            root.GetProperty("allocatedBytes").GetInt64(),
            usage.PeakResidentBytes);
    }

    /// <summary>A worker that knows the sink that only counts.</summary>
    public Task<WorkerProcess> StartWorkerAsync(string directory)
        => WorkerProcess.StartAsync(directory, new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["plugin.path"] = WorkerProcess.NoopSinkPath,
            ["log.level"] = "WARN",
        });
}
