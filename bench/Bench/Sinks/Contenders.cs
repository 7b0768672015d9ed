using System.Diagnostics;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Bench.PassThrough;
using Exports.Bench.Raw;
using Exports.Harness;

namespace Exports.Bench.Sinks;

/// <summary>
/// A sink in a worker, and a raw loop: each in a fresh process, and measured alike. What the destination has accepted is asked for
/// every 20 ms, and times and CPU are those from the first answer of at least a quarter, when code is compiled and connections
/// are open, to the full count.
/// </summary>
internal sealed class Contenders(BenchOptions options, BenchKafka kafka, string topic, int partitions, long records, Destination destination)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateDirectory(Path.Combine(options.Directory, Guid.NewGuid().ToString("N"))).FullName;
    private int _runs;

    /// <summary>The worker with one connector.</summary>
    /// <param name="config">Makes the sink's own keys, when the destination is ready.</param>
    /// <param name="environment">Variables of the worker.</param>
    public async Task<Sample> WorkerAsync(Func<Dictionary<string, string>> config, IReadOnlyDictionary<string, string?>? environment = null)
    {
        await destination.ResetAsync();
        var settings = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["key.converter"] = "org.apache.kafka.connect.storage.StringConverter",
            ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            ["log.level"] = "WARN",
        };
        // A name of its own: the group of an earlier one of that name would say that everything was delivered.
        var name = $"sink-{++_runs}";
        await using var worker = await WorkerProcess.StartAsync(Path.Combine(_directory, name), settings, environment);
        await worker.Rest.PutConfigAsync(name, new Dictionary<string, string>(config())
        {
            ["tasks.max"] = $"{options.Tasks}",
            ["topics"] = topic,
        });
        return await MeasureAsync(worker.Process, async () => $"{await worker.Rest.StatusAsync(name)}\n{worker.Process.Tail()}");
    }

    /// <summary>A raw loop.</summary>
    /// <param name="loop">Its name.</param>
    /// <param name="request">Makes what it is to send, when the destination is ready.</param>
    /// <param name="reads">Whether it reads the records from Kafka, with the settings that the worker's own reader uses.</param>
    public async Task<Sample> RawAsync(string loop, Func<RawSinkRequest> request, bool reads)
    {
        await destination.ResetAsync();
        var name = Path.Combine(_directory, $"{loop}-{++_runs}");
        var from = reads ? new RawRequest(RawSettings.AsWorker(kafka.BootstrapServers), topic, partitions, records) : null;
        (request() with { From = from }).Save(name + ".json");
        await using var process = ChildProcess.Start("Bench", ["raw", loop, name + ".json"], name + ".log");
        return await MeasureAsync(process, () => Task.FromResult(process.Tail()));
    }

    private async Task<Sample> MeasureAsync(ChildProcess contender, Func<Task<string>> state)
    {
        var (first, started, cpu) = (0L, 0L, 0.0);
        double[] peers = [];
        var (last, since) = (0L, Stopwatch.GetTimestamp());
        while (last < records)
        {
            var count = await destination.CountAsync();
            var now = Stopwatch.GetTimestamp();
            if (count >= records / 4 && first == 0)
                (first, started, cpu, peers) = (count, now, contender.Usage.CpuSeconds, CpuOfPeers());
            if (count != last)
                (last, since) = (count, now);
            else if (contender.HasExited || Stopwatch.GetElapsedTime(since, now) > s_patience)
                throw new InvalidOperationException($"Only {count} of {records} records have arrived:\n{await state()}");
            if (last < records)
                await Task.Delay(s_poll);
        }

        var seconds = Stopwatch.GetElapsedTime(started, since).TotalSeconds;
        var usage = contender.Usage;
        var peerCpu = CpuOfPeers().Select((after, peer) => (destination.Processes[peer].Name, after - peers[peer])).ToDictionary();
        if (last != records)
            throw new InvalidOperationException($"{last} records have arrived instead of {records}.");
        if (first > records / 2)
            throw new InvalidOperationException($"{records} records are too few to be timed: {first} of them came at once. Use more (--records).");
        return new(records - first, seconds, usage.CpuSeconds - cpu, null, usage.PeakResidentBytes, peerCpu);
    }

    private double[] CpuOfPeers() => [.. destination.Processes.Select(peer => peer.Process.Usage.CpuSeconds)];
}
