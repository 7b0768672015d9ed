using System.Text;
using Confluent.Kafka;
using Exports.Demo.Checks;
using Exports.Demo.Events;
using Exports.Kafka.Client;

namespace Exports.Demo.Tests;

public sealed class TopicFeedTests : IDisposable
{
    private const string Topic = "events";
    private const int Partitions = 6;
    private readonly string _directory = Directory.CreateTempSubdirectory("exports-demo-").FullName;

    private string File => Path.Combine(_directory, "history.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_start_makes_the_topic_of_the_starts_before_again()
    {
        Dictionary<(int, long), string> first;
        using (var kafka = EmbeddedKafka.Start(1, (Topic, Partitions)))
        {
            var history = History.Open(File, Partitions);
            history.Begin(EventTime.Now(TimeProvider.System) - 60_000_000, 100);
            history.Reserve(5000);
            var backlog = new Backlog(Partitions);
            using var feed = new TopicFeed(kafka.BootstrapServers, Topic, history, [backlog], TimeProvider.System);
            feed.Allow(5000);
            using var stop = new CancellationTokenSource();
            var running = Task.Run(() => feed.Run(stop.Token));
            SpinWait.SpinUntil(() => feed.Next == 5000, TimeSpan.FromSeconds(30));
            stop.Cancel();
            await running;
            Assert.Equal(5000, backlog.Count);
            first = ReadAll(kafka, 5000);
        }

        using (var kafka = EmbeddedKafka.Start(1, (Topic, Partitions)))
        {
            var history = History.Open(File, Partitions);
            using var feed = new TopicFeed(kafka.BootstrapServers, Topic, history, [], TimeProvider.System);
            feed.Recreate(_ => { });
            Assert.Equal(5000, feed.Next);
            Assert.Equal(first, ReadAll(kafka, 5000));
        }
    }

    [Fact]
    public void What_the_kafka_would_have_dropped_only_takes_its_offsets()
    {
        const int Count = 400_000;
        var history = History.Open(File, Partitions);
        history.Begin(EventTime.Now(TimeProvider.System), 1000);
        history.Reserve(Count);
        using var kafka = EmbeddedKafka.Start(1, (Topic, Partitions));
        using var feed = new TopicFeed(kafka.BootstrapServers, Topic, history, [], TimeProvider.System);
        feed.Recreate(_ => { });

        using var source = new EventSource(history.Seed, Partitions);
        var expected = new long[Partitions];
        for (var sequence = 0; sequence < Count; sequence++)
            expected[source.PartitionOf(sequence)]++;
        using var consumer = Consumer(kafka);
        for (var partition = 0; partition < Partitions; partition++)
        {
            var end = consumer.QueryWatermarkOffsets(new(Topic, partition), TimeSpan.FromSeconds(30));
            Assert.Equal(expected[partition], end.High.Value);
            // The last 2 MiB are whole events.
            consumer.Assign(new TopicPartitionOffset(Topic, partition, end.High - 5000));
            var record = consumer.Consume(TimeSpan.FromSeconds(30));
            Assert.True(EventReader.TryRead(record.Message.Value, out _, out _));
        }
    }

    [Fact]
    public async Task The_feed_waits_for_a_destination_that_does_not_keep_up()
    {
        using var kafka = EmbeddedKafka.Start(1, (Topic, Partitions));
        var history = History.Open(File, Partitions);
        history.Begin(EventTime.Now(TimeProvider.System) - 3600_000_000, 1000);
        history.Reserve(200_000);
        var (fast, slow) = (new Backlog(Partitions), new Backlog(Partitions));
        using var feed = new TopicFeed(kafka.BootstrapServers, Topic, history, [fast, slow], TimeProvider.System);
        using var source = new EventSource(history.Seed, Partitions);
        feed.Allow(200_000);
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => feed.Run(stop.Token));
        var seen = 0L;
        SpinWait.SpinUntil(() =>
        {
            for (; seen < feed.Next; seen++)
                fast.Seen(source.PartitionOf(seen), seen);
            return slow.Highest >= 4000;
        }, TimeSpan.FromSeconds(30));
        Assert.InRange(slow.Highest, 4000, 4300);
        Assert.InRange(feed.Next, 4000, 30_000);

        for (var sequence = 0L; sequence < feed.Next; sequence++)
            slow.Seen(source.PartitionOf(sequence), sequence);
        var before = feed.Next;
        Assert.True(SpinWait.SpinUntil(() => feed.Next > before + 1000, TimeSpan.FromSeconds(30)));
        stop.Cancel();
        await running;
    }

    private static Dictionary<(int, long), string> ReadAll(EmbeddedKafka kafka, int count)
    {
        using var consumer = Consumer(kafka);
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(Topic, partition, 0)));
        var records = new Dictionary<(int, long), string>();
        while (records.Count < count)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30));
            Assert.NotNull(record);
            records.Add(
                (record.Partition.Value, record.Offset.Value),
                $"{record.Message.Timestamp.UnixTimestampMs} {Encoding.UTF8.GetString(record.Message.Key)} {Encoding.UTF8.GetString(record.Message.Value)}");
        }

        return records;
    }

    private static IConsumer<byte[], byte[]> Consumer(EmbeddedKafka kafka)
        => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "test",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).Build();
}
