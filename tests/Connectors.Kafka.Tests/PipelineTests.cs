using System.Diagnostics;
using System.Text;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Exports.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>The sink at the end of a pipeline: from one cluster's memory straight into another cluster.</summary>
public sealed class PipelineTests
{
    private const int Partitions = 4;
    private const int Records = 20_000;

    [Theory]
    [InlineData("60000", false)]
    [InlineData("700", true)]
    public async Task Everything_is_copied_in_order_though_the_target_goes_away(string deliveryTimeout, bool isRetried)
    {
        using var source = EmbeddedKafka.Start(1, ("orders", Partitions));
        using var target = EmbeddedKafka.Start(2, ("copy.orders", Partitions));
        var options = new PipelineOptions
        {
            Client = new Dictionary<string, string> { ["bootstrap.servers"] = source.BootstrapServers },
            Consumer = new Dictionary<string, string> { ["fetch.max.wait.ms"] = "10" },
            Converters = new Dictionary<string, string>
            {
                ["key.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
                ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            },
        };
        var admin = new KafkaAdmin(options, TimeProvider.System, NullLogger<KafkaAdmin>.Instance);
        await using var factory = new TaskPipelineFactory(
            options, new PluginCatalog([typeof(KafkaSinkConnector).Assembly]),
            new ConfigResolver(new Dictionary<string, string>()), admin, new GroupOffsets(admin), TimeProvider.System, NullLoggerFactory.Instance);
        await using var pipeline = await factory.StartAsync(
            new TaskPipelineSpec("copy", 0, new Dictionary<string, string>
            {
                ["name"] = "copy",
                ["connector.class"] = "KafkaSink",
                ["topics"] = "orders",
                ["target.bootstrap.servers"] = target.BootstrapServers,
                ["target.topic.prefix"] = "copy.",
                ["target.delivery.timeout.ms"] = deliveryTimeout,
                ["target.reconnect.backoff.ms"] = "20",
                ["target.reconnect.backoff.max.ms"] = "100",
                ["errors.retry.delay.max.ms"] = "500",
            }),
            CancellationToken.None);
        await pipeline.AssignAsync(
            [.. Enumerable.Range(0, Partitions).Select(p => new StartPosition(new TopicPartition("orders", p), 0))],
            CancellationToken.None);

        Feed(source, 0, Records / 2);
        await Until(pipeline, () => pipeline.Progress.RecordsDelivered > Records / 4);
        target.SetDown();
        Feed(source, Records / 2, Records);
        if (isRetried)
            await Until(pipeline, () => pipeline.Progress.Retries > 0);
        target.SetUp();
        await Until(pipeline, () => pipeline.Progress.RecordsDelivered >= Records);
        var committable = await pipeline.FlushAsync(CancellationToken.None);

        Assert.All(committable, offset => Assert.Equal(Records / Partitions, offset.Offset));
        var last = Enumerable.Range(Records - Partitions, Partitions).Select(i => i.ToString()).ToHashSet();
        var found = Target.Read(
            target, "copy.orders", Partitions,
            f => f.Select(r => r.Value).Where(v => last.Contains(v!)).Distinct().Count() == Partitions);
        for (var p = 0; p < Partitions; p++)
        {
            Assert.Equal(
                Enumerable.Range(0, Records / Partitions).Select(i => (long)(i * Partitions + p)),
                Target.Offsets(found, p).Distinct());
        }

        Assert.All(found, record => Assert.Equal([("n", record.Value)], record.Headers));
        Assert.All(found, record => Assert.Equal($"k{record.Value}", record.Key));
    }

    [Fact]
    public async Task Exactly_once_survives_a_takeover_with_stale_offsets_while_the_task_before_still_runs()
    {
        using var source = EmbeddedKafka.Start(1, ("orders", Partitions));
        using var target = EmbeddedKafka.Start(1, ("copy.orders", Partitions));
        await using var front = new TransactionFront(target.BootstrapServers);
        var options = new PipelineOptions
        {
            Client = new Dictionary<string, string> { ["bootstrap.servers"] = source.BootstrapServers },
            Consumer = new Dictionary<string, string> { ["fetch.max.wait.ms"] = "10" },
            Converters = new Dictionary<string, string>
            {
                ["key.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
                ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            },
        };
        using var admin = new KafkaAdmin(options, TimeProvider.System, NullLogger<KafkaAdmin>.Instance);
        await using var factory = new TaskPipelineFactory(
            options, new PluginCatalog([typeof(KafkaSinkConnector).Assembly]),
            new ConfigResolver(new Dictionary<string, string>()), admin, new GroupOffsets(admin), TimeProvider.System, NullLoggerFactory.Instance);
        var spec = new TaskPipelineSpec("copy", 0, new Dictionary<string, string>
        {
            ["name"] = "copy",
            ["connector.class"] = "KafkaSink",
            ["topics"] = "orders",
            ["target.bootstrap.servers"] = front.Address,
            ["target.topic.prefix"] = "copy.",
            ["exactly.once"] = "true",
        });
        StartPosition[] stale = [.. Enumerable.Range(0, Partitions).Select(p => new StartPosition(new TopicPartition("orders", p), 0))];
        await using var before = await factory.StartAsync(spec, CancellationToken.None);
        await before.AssignAsync(stale, CancellationToken.None);
        Feed(source, 0, Records / 2);
        await Until(before, () => before.Progress.RecordsDelivered > Records / 4);

        await using var after = await factory.StartAsync(spec, CancellationToken.None);
        await after.AssignAsync(stale, CancellationToken.None);
        Feed(source, Records / 2, Records);
        var e = await Assert.ThrowsAsync<ConnectException>(() => before.Completion.WaitAsync(TimeSpan.FromSeconds(60)));
        var found = front.Committed("copy.orders", Target.Read(
            target, "copy.orders", Partitions, f => front.Committed("copy.orders", f).Count >= Records));

        Assert.Contains("Another task has taken over", e.Message, StringComparison.Ordinal);
        for (var committable = await after.FlushAsync(CancellationToken.None);
            committable.Any(offset => offset.Offset < Records / Partitions);
            committable = await after.FlushAsync(CancellationToken.None))
        {
            Assert.False(after.Completion.IsCompleted);
            await Task.Delay(10);
        }

        for (var p = 0; p < Partitions; p++)
        {
            Assert.Equal(
                Enumerable.Range(0, Records / Partitions).Select(i => (long)(i * Partitions + p)), Target.Offsets(found, p));
        }
    }

    /// <summary>Writes records first … last − 1, each to the partition of its number modulo the number of partitions.</summary>
    private static void Feed(EmbeddedKafka source, int first, int last)
    {
        using var producer = new NativeProducer(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = source.BootstrapServers,
            ["linger.ms"] = "5",
        });
        var reports = new Reports();
        for (var i = first; i < last; i++)
            Send(producer, i);
        var time = Stopwatch.StartNew();
        while (reports.Delivered < last - first)
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(30));
            producer.Poll(reports, 100);
        }
    }

    private static unsafe void Send(NativeProducer producer, int number)
    {
        var value = Encoding.UTF8.GetBytes(number.ToString());
        var key = Encoding.UTF8.GetBytes($"k{number}");
        var headers = NativeProducer.CreateHeaders(1);
        NativeProducer.AddHeader(headers, "n", value, hasValue: true);
        fixed (byte* keyStart = key, valueStart = value)
        {
            var error = producer.Produce(
                producer.Topic("orders"), number % Partitions, keyStart, key.Length, valueStart, value.Length,
                copyValue: true, 0, headers, 0);
            Assert.Equal(Confluent.Kafka.ErrorCode.NoError, error);
        }
    }

    private static async Task Until(ITaskPipeline pipeline, Func<bool> condition)
    {
        var time = Stopwatch.StartNew();
        while (!condition())
        {
            if (pipeline.Completion.IsCompleted)
                await pipeline.Completion;
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(60), pipeline.Progress.ToString());
            await Task.Delay(10);
        }
    }

    private sealed unsafe class Reports : IProducerEvents
    {
        public int Delivered { get; private set; }

        public void OnReports(NativeMessage** reports, int count, int setSize)
        {
            for (var i = 0; i < count; i++)
                Assert.Equal(Confluent.Kafka.ErrorCode.NoError, reports[i]->Error);
            Delivered += count;
        }

        public void OnError(Confluent.Kafka.ErrorCode error, string text, bool isFatal)
        {
        }

        public void OnLog(int level, string facility, string text)
        {
        }
    }
}
