using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Exports.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Samples.Tests;

/// <summary>The sample, loaded from plugin.path as any plugin is, between a Kafka and a Redis.</summary>
public sealed class RedisSinkTests
{
    private const int Partitions = 3;
    private const int Records = 3000;
    private const string List = "orders";

    private static readonly string s_folder = typeof(RedisSinkTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RedisSink").Value!;

    private readonly PluginCatalog _catalog = new([], s_folder);

    [Fact]
    public void It_is_found_by_its_names_and_lives_in_a_load_context_of_its_own()
    {
        var connector = _catalog.FindConnector("RedisListSink");

        Assert.Empty(_catalog.Failures);
        Assert.Same(connector, _catalog.FindConnector("RedisSink.RedisListSinkConnector"));
        Assert.NotSame(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(connector.GetType().Assembly));
    }

    [Fact]
    public async Task All_values_arrive_in_the_order_of_their_partition_though_the_server_fails()
    {
        await using var redis = new RedisServer
        {
            Password = "s3cret",
            Fault = n => (n % 6) switch
            {
                1 => "drop",
                2 => "-OOM command not allowed when used memory > 'maxmemory'.",
                3 => "-LOADING Redis is loading the dataset in memory",
                4 => "cut",
                _ => null,
            },
        };

        await RunAsync(redis, async pipeline =>
        {
            await Until(pipeline, () => pipeline.Progress.RecordsDelivered >= Records);
            var committable = await pipeline.FlushAsync(CancellationToken.None);
            Assert.Equal(Partitions, committable.Count);
            Assert.All(committable, offset => Assert.Equal(Records / Partitions, offset.Offset));
        });

        var numbers = redis.Values(List).Select(value => int.Parse(value, CultureInfo.InvariantCulture)).ToArray();
        for (var p = 0; p < Partitions; p++)
        {
            // What is sent again may be there twice; the first time of each is in order.
            Assert.Equal(
                Enumerable.Range(0, Records).Where(n => n % Partitions == p), numbers.Where(n => n % Partitions == p).Distinct());
        }
    }

    [Fact]
    public async Task A_key_of_another_type_fails_the_task_with_what_the_server_says()
    {
        await using var redis = new RedisServer
        {
            Password = "s3cret",
            Fault = _ => "-WRONGTYPE Operation against a key holding the wrong kind of value",
        };

        var error = await Assert.ThrowsAnyAsync<ConnectException>(
            () => RunAsync(redis, pipeline => Until(pipeline, () => pipeline.Completion.IsCompleted)));

        Assert.Contains("-WRONGTYPE", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_of_the_destination_tells_a_wrong_password_and_a_server_that_is_not_there()
    {
        var connector = _catalog.FindConnector("RedisListSink");
        Dictionary<string, string> config;
        await using (var redis = new RedisServer { Password = "s3cret" })
        {
            config = Config(redis);
            Assert.Empty(await connector.CheckDestinationAsync(config, CancellationToken.None));
            config["redis.password"] = "wrong";
            var refused = Assert.Single(await connector.CheckDestinationAsync(config, CancellationToken.None));
            Assert.Contains("Check redis.password", refused.Message, StringComparison.Ordinal);
        }

        var gone = Assert.Single(await connector.CheckDestinationAsync(config, CancellationToken.None));
        Assert.Equal("redis.host", gone.Key);
        Assert.Contains("No answer", gone.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Config(RedisServer redis) => new()
    {
        ["name"] = "sample",
        ["connector.class"] = "RedisListSink",
        ["topics"] = "orders",
        ["redis.host"] = "127.0.0.1",
        ["redis.port"] = redis.Port.ToString(CultureInfo.InvariantCulture),
        ["redis.password"] = "s3cret",
        ["redis.list"] = List,
        ["redis.batch.records"] = "50",
        ["errors.retry.delay.max.ms"] = "100",
    };

    private async Task RunAsync(RedisServer redis, Func<ITaskPipeline, Task> watch)
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", Partitions));
        Feed(kafka);
        var options = new PipelineOptions
        {
            Client = new Dictionary<string, string> { ["bootstrap.servers"] = kafka.BootstrapServers },
            Consumer = new Dictionary<string, string> { ["fetch.max.wait.ms"] = "10" },
            Converters = new Dictionary<string, string>
            {
                ["key.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
                ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            },
        };
        var admin = new KafkaAdmin(options, TimeProvider.System, NullLogger<KafkaAdmin>.Instance);
        await using var factory = new TaskPipelineFactory(
            options, _catalog, new ConfigResolver(new Dictionary<string, string>()), admin, new GroupOffsets(admin),
            TimeProvider.System, NullLoggerFactory.Instance);
        await using var pipeline = await factory.StartAsync(new TaskPipelineSpec("sample", 0, Config(redis)), CancellationToken.None);
        await pipeline.AssignAsync(
            [.. Enumerable.Range(0, Partitions).Select(p => new StartPosition(new TopicPartition("orders", p), 0))],
            CancellationToken.None);
        await watch(pipeline);
    }

    private static async Task Until(ITaskPipeline pipeline, Func<bool> condition)
    {
        var time = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(60), pipeline.Progress.ToString());
            await Task.Delay(10);
            if (pipeline.Completion.IsCompleted)
                await pipeline.Completion;
        }
    }

    /// <summary>Writes the records 0, 1, …, each to the partition of its number modulo the number of partitions.</summary>
    private static unsafe void Feed(EmbeddedKafka kafka)
    {
        using var producer = new NativeProducer(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["linger.ms"] = "5",
        });
        for (var i = 0; i < Records; i++)
        {
            var value = Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture));
            fixed (byte* start = value)
            {
                Assert.Equal(Confluent.Kafka.ErrorCode.NoError, producer.Produce(
                    producer.Topic("orders"), i % Partitions, null, 0, start, value.Length, copyValue: true, 0, 0, 0));
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
