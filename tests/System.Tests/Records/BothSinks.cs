using Exports.Demo.Destinations;
using Exports.Harness;

namespace Exports.SystemTests.Records;

/// <summary>
/// A worker with a connector to a file and one to another topic, the Kafka that both topics live in, and an eye on what
/// arrives.
/// </summary>
internal sealed class BothSinks : IAsyncDisposable
{
    public const int Partitions = 6;
    public const string ToFile = "to-file";
    public const string ToTopic = "to-topic";
    private const string Source = "numbers";
    private const string Target = "numbers-copy";

    private readonly string _directory;
    private readonly BrokerProcess _kafka;
    private readonly Watcher _watcher;

    private BothSinks(string directory, BrokerProcess kafka, WorkerProcess worker, string file)
    {
        _directory = directory;
        _kafka = kafka;
        Worker = worker;
        File = new(file, NumberedRecords.TryRead, PartitionOf, Partitions);
        Topic = new(
            Target, kafka.BootstrapServers, NumberedRecords.TryRead, 0, PartitionOf, Partitions,
            TimeProvider.System, TimeSpan.FromMilliseconds(20));
        _watcher = new(File, Topic);
    }

    public WorkerProcess Worker { get; }

    public FileDestination File { get; }

    public TopicDestination Topic { get; }

    /// <summary>Starts everything; the source topic is empty still.</summary>
    /// <param name="flushInterval">How often offsets are stored.</param>
    public static async Task<BothSinks> StartAsync(TimeSpan flushInterval)
    {
        var directory = Directory.CreateTempSubdirectory("exports-system-").FullName;
        var kafka = await BrokerProcess.StartAsync(
            directory, [(Source, Partitions), (Target, Partitions)], TimeSpan.FromHours(1));
        var worker = await WorkerProcess.StartAsync(Path.Combine(directory, "worker"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["offset.flush.interval.ms"] = $"{flushInterval.TotalMilliseconds:F0}",
            ["task.shutdown.graceful.timeout.ms"] = "30000",
            ["consumer.fetch.max.wait.ms"] = "10",
        });
        var file = Path.Combine(directory, "numbers.txt");
        await worker.Rest.PutConfigAsync(ToFile, new Dictionary<string, string>
        {
            ["connector.class"] = "FileStreamSink",
            ["topics"] = Source,
            ["file"] = file,
        });
        await worker.Rest.PutConfigAsync(ToTopic, new Dictionary<string, string>
        {
            ["connector.class"] = "KafkaSink",
            ["tasks.max"] = $"{Partitions}",
            ["topics"] = Source,
            ["target.bootstrap.servers"] = kafka.BootstrapServers,
            ["target.topic"] = Target,
        });
        await worker.Rest.WaitUntilRunningAsync(ToFile, 1);
        await worker.Rest.WaitUntilRunningAsync(ToTopic, Partitions);
        return new(directory, kafka, worker, file);
    }

    /// <summary>The offset at which a record lies in its partition.</summary>
    public static long OffsetOf(long number) => number / Partitions;

    /// <summary>A feed that keeps to the pace of both destinations.</summary>
    public PacedFeed Feed(long records) => new(_kafka.BootstrapServers, Source, Partitions, records, File.Backlog, Topic.Backlog);

    /// <summary>Waits until both destinations have got everything that was fed.</summary>
    public async Task WaitUntilDeliveredAsync(long records)
    {
        await Waiting.UntilReachedAsync("the file has everything", () => records - File.Backlog.Count, records);
        await Waiting.UntilReachedAsync("the topic has everything", () => records - Topic.Backlog.Count, records);
    }

    /// <summary>Waits until what a killed worker has sent, and only the destination has got so far, is seen as well.</summary>
    public async Task SettleAsync()
    {
        for (var (before, now) = (-1L, Arrived()); before != now; (before, now) = (now, Arrived()))
            await Task.Delay(500);

        long Arrived() => File.Arrived + Topic.Arrived;
    }

    private static int PartitionOf(long number) => (int)(number % Partitions);

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await _watcher.DisposeAsync();
        Topic.Dispose();
        await _kafka.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
