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

    private readonly int _partitions;

    private SinkLoad(BenchOptions options, BenchKafka kafka, int partitions, long records)
    {
        _partitions = partitions;
        _options = options;
        _kafka = kafka;
        Records = records;
        Content = new(options.Size, Keys);
    }

    public long Records { get; }

    public KeyedRecords Content { get; }

    /// <summary>Starts Kafka and fills the topic; says what is measured.</summary>
    /// <param name="what">What it is called.</param>
    /// <param name="options">What to measure with.</param>
    /// <param name="defaultRecords">How many records where the command line does not say.</param>
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
        return new(options, kafka, partitions, records);
    }

    /// <summary>The contenders that send to a destination.</summary>
    public Contenders To(Destination destination) => new(_options, _kafka, Topic, _partitions, Records, destination);

    /// <summary>What was measured and with what, for the report.</summary>
    public object ToReport(SinkRounds rounds) => new
    {
        Records,
        _options.Size,
        Keys,
        Partitions = _partitions,
        _options.Tasks,
        Kafka = _kafka.Name,
        rounds.Destination,
        Contenders = rounds.ToReport(),
        Ratios = rounds.RatiosToReport(),
    };

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}
