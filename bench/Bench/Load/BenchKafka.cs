using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Exports.Harness;
using Exports.Kafka.Client;

namespace Exports.Bench.Load;

/// <summary>
/// The Kafka that is measured with: the embedded one, in a process of its own or in this one, or the one that the environment names.
/// </summary>
internal sealed class BenchKafka : IAsyncDisposable
{
    public const string Variable = "KAFKA_BOOTSTRAP_SERVERS";

    /// <summary>What the embedded Kafka keeps of a partition, less some room for the headers of message sets.</summary>
    private const double EmbeddedPartitionBytes = 4.5 * 1024 * 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly BrokerProcess? _process;
    private readonly EmbeddedKafka? _embedded;
    private readonly List<string> _topics = [];

    private BenchKafka(string bootstrapServers, BrokerProcess? process = null, EmbeddedKafka? embedded = null)
    {
        BootstrapServers = bootstrapServers;
        _process = process;
        _embedded = embedded;
    }

    /// <summary>The address.</summary>
    public string BootstrapServers { get; }

    /// <summary>Whether it is the embedded one.</summary>
    public bool IsEmbedded => _process is not null || _embedded is not null;

    /// <summary>What to call it in reports.</summary>
    public string Name => IsEmbedded ? "embedded Kafka (librdkafka's mock cluster)" : $"Kafka at {BootstrapServers}";

    /// <summary>Starts the embedded one with topics; or creates the topics at the one that the environment names.</summary>
    /// <param name="directory">Where the log of the embedded one's process goes.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="isInProcess">Whether the embedded one is to be part of this process, so that <see cref="Trim"/> can reach it.</param>
    public static async Task<BenchKafka> StartAsync(
        string directory, IReadOnlyList<(string Topic, int Partitions)> topics, bool isInProcess = false)
    {
        LibrdkafkaLoader.Load();
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } external)
        {
            var kafka = new BenchKafka(external);
            await kafka.CreateAsync(topics);
            return kafka;
        }

        if (isInProcess)
        {
            var embedded = EmbeddedKafka.Start(brokers: 1, [.. topics]);
            return new(embedded.BootstrapServers, embedded: embedded);
        }

        var process = await BrokerProcess.StartAsync(directory, topics, TimeSpan.FromHours(2));
        return new(process.BootstrapServers, process);
    }

    /// <summary>
    /// Has the embedded Kafka in this process forget a partition's records before an offset. It looks through all that it has of
    /// a partition for each answer, so that at steady rates it would get slower from second to second.
    /// </summary>
    public void Trim(string topic, int partition, long before) => _embedded?.DeleteRecords(topic, partition, before);

    /// <summary>How many partitions a topic needs so that all records are kept.</summary>
    public static int PartitionsFor(long records, int size)
        => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } ? 8 : Math.Max(1, (int)Math.Ceiling(records * (size + 12) / EmbeddedPartitionBytes));

    /// <summary>Fills a topic's partitions one after the other, in large message sets, with records that have no keys.</summary>
    /// <exception cref="InvalidOperationException">The topic does not hold exactly these records afterwards.</exception>
    public void Fill(string topic, int partitions, long records, int size)
    {
        var value = new byte[size];
        new Random(1).NextBytes(value);
        var message = new Message<byte[], byte[]> { Value = value };
        Fill(topic, partitions, records, (_, _) => message);
    }

    /// <summary>The same with keys: each partition has its share of them, and they come in turn.</summary>
    /// <exception cref="InvalidOperationException">The topic does not hold exactly these records afterwards.</exception>
    public void Fill(string topic, int partitions, long records, KeyedRecords keyed)
    {
        var (value, keys) = (keyed.Value(), keyed.AllKeys());
        Fill(topic, partitions, records, (partition, number) =>
        {
            var first = (int)((long)keys.Length * partition / partitions);
            var share = Math.Max(1, (int)((long)keys.Length * (partition + 1) / partitions) - first);
            return new() { Key = keys[first + (int)(number % share)], Value = value };
        });
    }

    private void Fill(string topic, int partitions, long records, Func<int, long, Message<byte[], byte[]>> make)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = BootstrapServers,
            EnableIdempotence = true,
            BatchSize = 900_000,
            BatchNumMessages = 100_000,
            LingerMs = 100,
            QueueBufferingMaxMessages = 200_000,
            DeliveryReportFields = "none",
        }).Build();
        for (var produced = 0L; produced < records;)
        {
            var partition = (int)(produced * partitions / records);
            try
            {
                producer.Produce(new TopicPartition(topic, partition), make(partition, produced));
                produced++;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(1);
            }
        }

        producer.Flush(Timeout.InfiniteTimeSpan);
        using var consumer = Consumer();
        var found = 0L;
        for (var partition = 0; partition < partitions; partition++)
        {
            var offsets = consumer.QueryWatermarkOffsets(new(topic, partition), s_limit);
            found += offsets.High.Value - offsets.Low.Value;
        }

        if (found != records)
            throw new InvalidOperationException($"The topic {topic} holds {found} records instead of {records}; with the embedded Kafka, use more partitions.");
    }

    /// <summary>How many records a topic has got, by its end offsets.</summary>
    public static async Task<long> EndAsync(IAdminClient admin, string topic, int partitions)
    {
        var ends = await admin.ListOffsetsAsync(
            Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffsetSpec
            {
                TopicPartition = new(topic, partition),
                OffsetSpec = OffsetSpec.Latest(),
            }),
            new() { RequestTimeout = s_limit });
        return ends.ResultInfos.Sum(info => info.TopicPartitionOffsetError.Offset.Value);
    }

    /// <summary>A client that writes steadily.</summary>
    public IProducer<byte[], byte[]> Producer()
        => new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = BootstrapServers, LingerMs = 100, DeliveryReportFields = "none" }).Build();

    /// <summary>A client for <see cref="EndAsync"/>.</summary>
    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();

    public async ValueTask DisposeAsync()
    {
        if (IsEmbedded)
        {
            _embedded?.Dispose();
            if (_process is not null)
                await _process.DisposeAsync();
            return;
        }

        using var admin = Admin();
        await admin.DeleteTopicsAsync(_topics);
    }

    private async Task CreateAsync(IReadOnlyList<(string Topic, int Partitions)> topics)
    {
        using var admin = Admin();
        foreach (var some in topics.Chunk(500))
        {
            await admin.CreateTopicsAsync(some.Select(topic => new TopicSpecification { Name = topic.Topic, NumPartitions = topic.Partitions }));
            _topics.AddRange(some.Select(topic => topic.Topic));
        }
    }

    private IConsumer<byte[], byte[]> Consumer()
        => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = BootstrapServers, GroupId = "exports-bench" }).Build();
}
