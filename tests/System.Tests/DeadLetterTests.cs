using System.Text;
using Confluent.Kafka;
using Exports.Harness;
using Exports.Kafka.Client;

namespace Exports.SystemTests;

public sealed class DeadLetterTests : IDisposable
{
    private const string Source = "orders";
    private const string DeadLetters = "orders-dead";
    private const string Connector = "to-file";
    private const int Partitions = 3;
    private const int Records = 24_000;
    private const int RecordsPerSecond = 4_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("exports-dead-letters-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_worker_killed_again_and_again_loses_neither_a_record_nor_a_dead_letter()
    {
        await using var kafka = await BrokerProcess.StartAsync(
            _directory, [(Source, Partitions), (DeadLetters, 1)], TimeSpan.FromHours(1));
        await using var worker = await WorkerProcess.StartAsync(Path.Combine(_directory, "worker"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["offset.flush.interval.ms"] = "200",
            ["consumer.fetch.max.wait.ms"] = "10",
        });
        var file = Path.Combine(_directory, "orders.txt");
        await worker.Rest.PutConfigAsync(Connector, new Dictionary<string, string>
        {
            ["connector.class"] = "FileStreamSink",
            ["topics"] = Source,
            ["file"] = file,
            ["value.converter"] = "JsonConverter",
            ["value.converter.schemas.enable"] = "false",
            ["errors.tolerance"] = "all",
            ["errors.deadletterqueue.topic.name"] = DeadLetters,
        });
        await worker.Rest.WaitUntilRunningAsync(Connector, 1);

        LibrdkafkaLoader.Load();
        using var producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 5 }).Build();
        using var dead = new Letters(kafka.BootstrapServers);
        var produced = 0;
        foreach (var share in (double[])[0.25, 0.5, 0.75, 1])
        {
            while (produced < Records * share)
            {
                for (var end = produced + RecordsPerSecond / 50; produced < end; produced++)
                    producer.Produce(new TopicPartition(Source, produced % Partitions), new() { Value = Text(produced) });
                await Task.Delay(20);
            }

            // Records of this share are under way to both destinations when the worker dies.
            producer.Flush();
            if (share < 1)
            {
                await worker.KillAsync();
                await worker.StartAsync();
            }
        }

        await Waiting.UntilAsync("every dead letter is there", () => dead.Read() == Enumerable.Range(0, Records).Count(IsBad));
        await Waiting.UntilAsync("every other record is there", () => ReadFile(file).Count == Records - Enumerable.Range(0, Records).Count(IsBad));
        Assert.Equal(0, await worker.StopAsync(TimeSpan.FromMinutes(1)));
        Assert.True(dead.Found.SetEquals(Enumerable.Range(0, Records).Where(IsBad).Select(Text)));
        Assert.True(ReadFile(file).SetEquals(Enumerable.Range(0, Records).Where(number => !IsBad(number)).Select(Text)));
    }

    private static bool IsBad(int number) => number % 4 == 1;

    private static string Text(int number) => IsBad(number) ? $"no JSON {number}" : $$"""{"number":{{number}}}""";

    /// <summary>The whole lines of the file.</summary>
    private static HashSet<string> ReadFile(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>What is in the dead letter queue, read by a consumer of the test's own.</summary>
    private sealed class Letters : IDisposable
    {
        private readonly IConsumer<Ignore, string> _consumer;

        public Letters(string bootstrapServers)
        {
            _consumer = new ConsumerBuilder<Ignore, string>(
                new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "letters", EnableAutoCommit = false, FetchWaitMaxMs = 20 }).Build();
            _consumer.Assign(new TopicPartitionOffset(DeadLetters, 0, Offset.Beginning));
        }

        public HashSet<string> Found { get; } = [];

        /// <summary>Reads what has come, and returns how many different letters there are.</summary>
        public int Read()
        {
            while (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } letter)
                Found.Add(letter.Message.Value);
            return Found.Count;
        }

        public void Dispose() => _consumer.Dispose();
    }
}
