using System.Diagnostics;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Harness;

namespace Exports.Bench.Idle;

/// <summary>What connectors cost that have nothing to do: one task each, each on a topic of its own without data.</summary>
internal static class IdleBench
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        var topics = Enumerable.Range(0, options.Connectors).Select(number => ($"idle-{number:D5}", 1)).ToList();
        await using var kafka = await BenchKafka.StartAsync(options.Directory, topics);
        Console.WriteLine($"idle: {Table.Whole(options.Connectors)} connectors with one task each, {kafka.Name}");
        await using var worker = await WorkerProcess.StartAsync(Path.Combine(options.Directory, "idle"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["plugin.path"] = WorkerProcess.NoopSinkPath,
            ["log.level"] = "WARN",
        });

        Progress.Say("creating them");
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(topics, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (topic, _) =>
            await worker.Rest.PutConfigAsync(topic.Item1, new Dictionary<string, string>
            {
                ["connector.class"] = "NoopSink",
                ["topics"] = topic.Item1,
            }));
        await UntilRunningAsync(worker, options.Connectors);
        var created = clock.Elapsed.TotalSeconds;

        Progress.Say("starting the worker again");
        var code = await worker.StopAsync(TimeSpan.FromMinutes(2));
        if (code != 0)
            throw new InvalidOperationException($"The worker ended with exit code {code}.");
        clock.Restart();
        await worker.StartAsync();
        await UntilRunningAsync(worker, options.Connectors);
        var running = clock.Elapsed.TotalSeconds;

        // What the start has left to do is no idle cost: the first flushes, the first round of supervision, compiling for speed.
        await Task.Delay(TimeSpan.FromSeconds(45));
        Progress.Say($"watching for {options.IdleTime.TotalSeconds:F0} s");
        var before = worker.Process.Usage;
        clock.Restart();
        await Task.Delay(options.IdleTime);
        var after = worker.Process.Usage;
        var cpu = (after.CpuSeconds - before.CpuSeconds) / clock.Elapsed.TotalSeconds;
        var alive = await worker.Rest.RunningConnectorsAsync();
        if (alive != options.Connectors)
            throw new InvalidOperationException($"Only {alive} of {options.Connectors} connectors are RUNNING still.");

        var table = new Table("", "measured", "target for 1,000");
        table.Add("resident memory, MB", Table.Megabytes(after.ResidentBytes), "below 350");
        table.Add("peak resident memory, MB", Table.Megabytes(after.PeakResidentBytes), "");
        table.Add("threads", $"{after.Threads}", "below 60");
        table.Add("CPU, % of one core", Table.Fraction(cpu * 100), "below 3");
        table.Add("from start until all RUNNING, s", Table.Fraction(running), "at most 30");
        table.Add("to create them over REST until all RUNNING, s", Table.Fraction(created), "");
        table.Print();
        report.Add($"idle-{options.Connectors}", new
        {
            options.Connectors,
            Kafka = kafka.Name,
            after.ResidentBytes,
            after.PeakResidentBytes,
            after.Threads,
            CpuShareOfOneCore = cpu,
            SecondsFromStartUntilRunning = running,
            SecondsToCreateUntilRunning = created,
        });
    }

    private static Task UntilRunningAsync(WorkerProcess worker, int connectors)
        => Waiting.UntilAsync($"{connectors} connectors are RUNNING", async () =>
        {
            var running = await worker.Rest.RunningConnectorsAsync();
            if (running < connectors)
                await Task.Delay(250);
            return running >= connectors;
        }, s_limit);
}
