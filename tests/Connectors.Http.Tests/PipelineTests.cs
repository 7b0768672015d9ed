using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Exports.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Http.Tests;

/// <summary>From a Kafka to a receiver: the sink at the end of a pipeline.</summary>
public sealed class PipelineTests
{
    private const int Partitions = 3;
    private const int Records = 6000;
    private const int Culprit = 1234;

    [Fact]
    public async Task All_records_but_the_refused_one_arrive_in_order_and_their_offsets_can_be_committed()
    {
        var accepted = new ConcurrentQueue<(int Partition, long Offset, string Key, int Number)>();
        var asked = 0;
        await using var receiver = await Receiver.StartAsync(async (context, request) =>
        {
            if (Interlocked.Increment(ref asked) % 5 == 0)
            {
                context.Response.StatusCode = 503;
                return;
            }

            var records = Read(request);
            if (records.Any(r => r.Number == Culprit))
            {
                await Receiver.Answers(422, "not this one")(context, request);
                return;
            }

            lock (accepted)
            {
                foreach (var record in records)
                    accepted.Enqueue(record);
            }
        });
        using var kafka = EmbeddedKafka.Start(1, ("orders", Partitions));
        Feed(kafka);
        var options = new PipelineOptions
        {
            Client = new Dictionary<string, string> { ["bootstrap.servers"] = kafka.BootstrapServers },
            Consumer = new Dictionary<string, string> { ["fetch.max.wait.ms"] = "10" },
            Converters = new Dictionary<string, string>
            {
                ["key.converter"] = "org.apache.kafka.connect.storage.StringConverter",
                ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            },
        };
        var admin = new KafkaAdmin(options, TimeProvider.System, NullLogger<KafkaAdmin>.Instance);
        await using var factory = new TaskPipelineFactory(
            options, new PluginCatalog([typeof(HttpSinkConnector).Assembly]), new ConfigResolver(new Dictionary<string, string>()), admin,
            new GroupOffsets(admin), TimeProvider.System, NullLoggerFactory.Instance);
        await using var pipeline = await factory.StartAsync(
            new TaskPipelineSpec("hooks", 0, new Dictionary<string, string>
            {
                ["name"] = "hooks",
                ["connector.class"] = "HttpSink",
                ["topics"] = "orders",
                ["http.url"] = receiver.Url,
                ["http.body.envelope"] = "true",
                ["batch.max.size"] = "100",
                ["errors.tolerance"] = "all",
                ["errors.retry.delay.max.ms"] = "100",
            }),
            CancellationToken.None);
        await pipeline.AssignAsync(
            [.. Enumerable.Range(0, Partitions).Select(p => new StartPosition(new TopicPartition("orders", p), 0))], CancellationToken.None);

        var time = Stopwatch.StartNew();
        while (accepted.Select(r => r.Number).Distinct().Count() < Records - 1 || pipeline.Progress.RecordsDelivered < Records - 1)
        {
            if (pipeline.Completion.IsCompleted)
                await pipeline.Completion;
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(60), pipeline.Progress.ToString());
            await Task.Delay(20);
        }

        var committable = await pipeline.FlushAsync(CancellationToken.None);

        Assert.Equal(Partitions, committable.Count);
        Assert.All(committable, offset => Assert.Equal(Records / Partitions, offset.Offset));
        Assert.All(accepted, r => Assert.Equal((r.Number % Partitions, r.Number / Partitions, $"k{r.Number}"), (r.Partition, (int)r.Offset, r.Key)));
        for (var p = 0; p < Partitions; p++)
        {
            Assert.Equal(
                Enumerable.Range(0, Records).Where(n => n % Partitions == p && n != Culprit),
                accepted.Where(r => r.Partition == p).Select(r => r.Number).Distinct());
        }
    }

    private static List<(int Partition, long Offset, string Key, int Number)> Read(Received request)
    {
        using var json = JsonDocument.Parse(request.Body);
        return [.. json.RootElement.EnumerateArray().Select(e => (
            e.GetProperty("partition").GetInt32(), e.GetProperty("offset").GetInt64(), e.GetProperty("key").GetString()!,
            e.GetProperty("value").GetProperty("n").GetInt32()))];
    }

    /// <summary>Writes the records, each to the partition of its number modulo the number of partitions.</summary>
    private static unsafe void Feed(EmbeddedKafka kafka)
    {
        using var producer = new NativeProducer(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["linger.ms"] = "5",
        });
        for (var i = 0; i < Records; i++)
        {
            var key = Encoding.UTF8.GetBytes($"k{i}");
            var value = Encoding.UTF8.GetBytes($"{{\"n\":{i}}}");
            fixed (byte* keyStart = key, valueStart = value)
            {
                Assert.Equal(Confluent.Kafka.ErrorCode.NoError, producer.Produce(
                    producer.Topic("orders"), i % Partitions, keyStart, key.Length, valueStart, value.Length, copyValue: true, 0, 0, 0));
            }
        }

        var reports = new Reports();
        var time = Stopwatch.StartNew();
        while (reports.Delivered < Records)
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(30));
            producer.Poll(reports, 100);
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
