using Exports.Bench.Load;
using Exports.Bench.Measurements;

namespace Exports.Bench.PassThrough;

/// <summary>Kafka → a sink that only counts: how much of what librdkafka can do is left behind the pipeline.</summary>
internal static class PassThroughBench
{
    private const string Topic = "bench-source";
    private const string Batch = "librdkafka's batch call";
    private const string BatchAgain = "the same again (A/A)";
    private const string BatchDefaults = "the same, librdkafka's default settings";
    private const string Worker = "worker, counting sink";
    private const string Consume = "Confluent.Kafka's Consume";

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        var partitions = BenchKafka.PartitionsFor(options.Records, options.Size);
        await using var kafka = await BenchKafka.StartAsync(options.Directory, [(Topic, partitions)]);
        Console.WriteLine($"pass-through: {Table.Whole(options.Records)} records of {options.Size} bytes, {partitions} partitions, tasks.max {options.Tasks}, {options.Rounds} rounds, {kafka.Name}");
        Progress.Say("filling the topic");
        kafka.Fill(Topic, partitions, options.Records, options.Size);

        var readers = new Readers(kafka, options, Topic, partitions);
        var rounds = new Rounds(
            (Batch, () => readers.RawAsync(RawCommand.Batch)),
            (Worker, readers.WorkerAsync),
            (Consume, () => readers.RawAsync(RawCommand.Consume)),
            (BatchAgain, () => readers.RawAsync(RawCommand.Batch)),
            (BatchDefaults, () => readers.RawAsync(RawCommand.Batch, defaults: true)));
        await rounds.RunAsync(options.Rounds);

        rounds.Print();
        var ratios = new Ratios();
        ratios.Add("rate: worker / batch call", rounds.RateRatio(Worker, Batch), "at least 0.8");
        ratios.Add("rate: worker / Consume", rounds.RateRatio(Worker, Consume), "at least 1.2");
        ratios.Add("CPU per record: worker / Consume", rounds.CpuRatio(Worker, Consume), "below 1");
        ratios.Add("rate: batch call / itself (A/A)", rounds.RateRatio(BatchAgain, Batch), "1, give or take the noise");
        ratios.Print();
        report.Add("pass-through", new { options.Records, options.Size, Partitions = partitions, options.Tasks, Kafka = kafka.Name, Readers = rounds.ToReport(), Ratios = ratios.ToReport() });
    }
}
