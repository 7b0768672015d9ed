using Exports.Bench.Load;
using Exports.Bench.Measurements;

namespace Exports.Bench.Sinks;

/// <summary>The records that a sink's contenders send, in a topic of the Kafka that is measured with.</summary>
internal sealed class SinkLoad : IAsyncDisposable
{
    private const string Topic = "bench-source";
    private const int Keys = 10_000;

    private readonly BenchOptions _options;
    private readonly BenchKafka _kafka;

    private SinkLoad(BenchOptions options, BenchKafka kafka, long records)
    {
        _options = options;
        _kafka = kafka;
        Records = records;
        Content = new(options.Size, Keys);
    }

    public long Records { get; }

    public KeyedRecords Content { get; }

    /// <summary>Starts Kafka and fills the topic; says what is measured.</summary>
    public static async Task<SinkLoad> StartAsync(string what, BenchOptions options, long defaultRecords)
    {
        var records = options.GivenRecords ?? defaultRecords;
        var content = new KeyedRecords(options.Size, Keys);
        var longest = options.Size + content.AllKeys()[0].Length;
        var partitions = BenchKafka.PartitionsFor(records, longest);
        var kafka = await BenchKafka.StartAsync(options.Directory, [(Topic, partitions)]);
        Console.WriteLine($"{what}: {Table.Whole(records)} records of {options.Size} bytes with {Table.Whole(Keys)} keys, {partitions} partitions, tasks.max {options.Tasks}, {options.Rounds} rounds, {kafka.Name}");
        Progress.Say("filling the topic");
        kafka.Fill(Topic, partitions, records, content);
        return new(options, kafka, records);
    }

    /// <summary>The contenders that send to a destination.</summary>
    public Contenders To(Destination destination) => new(_options, _kafka, Topic, Records, destination);

    /// <summary>What was measured with, for the report.</summary>
    public object ToReport(params (string Name, SinkRounds Rounds)[] sets) => new
    {
        Records,
        _options.Size,
        Keys,
        _options.Tasks,
        Kafka = _kafka.Name,
        Destinations = sets.ToDictionary(set => set.Name, set => set.Rounds.ToReport()),
    };

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}
