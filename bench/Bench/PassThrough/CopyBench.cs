using System.Diagnostics;
using Confluent.Kafka;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Harness;

namespace Exports.Bench.PassThrough;

/// <summary>Kafka → Kafka, counted by the end offsets of the target.</summary>
internal static class CopyBench
{
    private const string Topic = "bench-source";
    private const string Batch = "librdkafka's batch call, reading only";
    private const string Worker = "worker, Kafka sink";
    private const string Consume = "Confluent.Kafka's Consume, reading only";
    private const string Copy = "Confluent.Kafka's Consume and Produce";

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        var partitions = BenchKafka.PartitionsFor(options.Records, options.Size);
        // A target for each run, so that all begin empty.
        string[] targets = [.. Enumerable.Range(0, options.Rounds * 2).Select(run => $"bench-target-{run}")];
        await using var kafka = await BenchKafka.StartAsync(options.Directory, [(Topic, partitions), .. targets.Select(target => (target, partitions))]);
        Console.WriteLine($"kafka: {Table.Whole(options.Records)} records of {options.Size} bytes, {partitions} partitions, tasks.max {options.Tasks}, {options.Rounds} rounds, {kafka.Name}");
        Progress.Say("filling the topic");
        kafka.Fill(Topic, partitions, options.Records, options.Size);

        using var admin = kafka.Admin();
        var readers = new Readers(kafka, options, Topic, partitions);
        var unused = new Queue<string>(targets);
        var rounds = new Rounds(
            (Batch, () => readers.RawAsync(RawCommand.Batch)),
            (Worker, () => WorkerAsync(kafka, admin, options, readers, unused.Dequeue(), partitions)),
            (Copy, () => readers.RawAsync(RawCommand.Consume, target: unused.Dequeue())),
            (Consume, () => readers.RawAsync(RawCommand.Consume)));
        await rounds.RunAsync(options.Rounds);

        rounds.Print();
        var ratios = new Ratios();
        ratios.Add("rate: worker / batch call that only reads", rounds.RateRatio(Worker, Batch));
        ratios.Add("rate: worker / Consume that only reads", rounds.RateRatio(Worker, Consume));
        ratios.Add("rate: worker / Consume and Produce", rounds.RateRatio(Worker, Copy));
        ratios.Add("CPU per record: worker / Consume and Produce", rounds.CpuRatio(Worker, Copy));
        ratios.Print();
        report.Add("kafka", new { options.Records, options.Size, Partitions = partitions, options.Tasks, Kafka = kafka.Name, Readers = rounds.ToReport(), Ratios = ratios.ToReport() });
    }

    /// <summary>From the first record that is at the target to the last one.</summary>
    private static async Task<Sample> WorkerAsync(
        BenchKafka kafka, IAdminClient admin, BenchOptions options, Readers readers, string target, int partitions)
    {
        await using var worker = await readers.StartWorkerAsync(Path.Combine(options.Directory, target));
        await worker.Rest.PutConfigAsync(target, KafkaSink.Config(kafka.BootstrapServers, Topic, target, options.Tasks));
        var (first, started, cpu) = (0L, 0L, 0.0);
        await Waiting.UntilAsync("everything is at the target", async () =>
        {
            var end = await BenchKafka.EndAsync(admin, target, partitions);
            if (first == 0 && end > 0)
                (first, started, cpu) = (end, Stopwatch.GetTimestamp(), worker.Process.Usage.CpuSeconds);
            return end >= options.Records;
        }, TimeSpan.FromMinutes(5));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var usage = worker.Process.Usage;
        var end = await BenchKafka.EndAsync(admin, target, partitions);
        if (end != options.Records)
            throw new InvalidOperationException($"The target has got {end} records instead of {options.Records}.");
        return new(options.Records - first, seconds, usage.CpuSeconds - cpu, null, usage.PeakResidentBytes);
    }
}
