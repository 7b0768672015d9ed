using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Microsoft.Extensions.Logging;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Pipeline.Tests;

/// <summary>A worker's data plane with an embedded Kafka of its own.</summary>
public sealed class TestWorker : IAsyncDisposable
{
    private readonly List<ITaskPipeline> _pipelines = [];
    private IProducer<byte[]?, byte[]?>? _producer;

    public TestWorker(
        int partitions = 1,
        Func<PipelineOptions, PipelineOptions>? configure = null,
        int brokers = 1,
        bool startsDown = false,
        bool fileSecrets = false)
    {
        Kafka = EmbeddedKafka.Start(brokers, (Topic, partitions));
        if (startsDown)
            Kafka.SetDown();
        Options = new PipelineOptions
        {
            Client = new Dictionary<string, string> { ["bootstrap.servers"] = Kafka.BootstrapServers },
            Consumer = new Dictionary<string, string> { ["fetch.max.wait.ms"] = "10" },
            Converters = new Dictionary<string, string>
            {
                ["key.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
                ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            },
            Lanes = 1,
            ShutdownGrace = TimeSpan.FromSeconds(10),
        };
        Options = configure?.Invoke(Options) ?? Options;
        Admin = new KafkaAdmin(Options, TimeProvider.System, Log.CreateLogger<KafkaAdmin>());
        Groups = new GroupOffsets(Admin);
        Factory = new TaskPipelineFactory(
            Options,
            new PluginCatalog([typeof(TestSinkConnector).Assembly]),
            new ConfigResolver(fileSecrets
                ? new Dictionary<string, string>
                {
                    ["config.providers"] = "file",
                    ["config.providers.file.class"] = "org.apache.kafka.common.config.provider.FileConfigProvider",
                }
                : []),
            Admin,
            Groups,
            TimeProvider.System,
            Log);
    }

    public static string Topic => "orders";

    public EmbeddedKafka Kafka { get; }

    public PipelineOptions Options { get; }

    public KafkaAdmin Admin { get; }

    public GroupOffsets Groups { get; }

    public TaskPipelineFactory Factory { get; }

    public TestLog Log { get; } = new();

    public static Dictionary<string, string> Config(TestSink sink, params (string Key, string Value)[] more)
    {
        var config = new Dictionary<string, string>
        {
            ["name"] = "test",
            ["connector.class"] = nameof(TestSinkConnector),
            ["topics"] = Topic,
            ["test.sink"] = sink.Id,
        };
        foreach (var (key, value) in more)
            config[key] = value;
        return config;
    }

    public Task<ITaskPipeline> StartAsync(TestSink sink, params (string Key, string Value)[] config)
        => StartAsync(Config(sink, config));

    public async Task<ITaskPipeline> StartAsync(Dictionary<string, string> config, int task = 0)
    {
        var pipeline = await Factory.StartAsync(new TaskPipelineSpec(config["name"], task, config), CancellationToken.None);
        _pipelines.Add(pipeline);
        return pipeline;
    }

    /// <summary>Starts a task that reads all given partitions of the topic from offset 0.</summary>
    public async Task<ITaskPipeline> ReadAsync(TestSink sink, int partitions, params (string Key, string Value)[] config)
    {
        var pipeline = await StartAsync(sink, config);
        await pipeline.AssignAsync([.. Starts(partitions)], CancellationToken.None);
        return pipeline;
    }

    public static IEnumerable<StartPosition> Starts(int partitions, long? offset = 0)
        => Enumerable.Range(0, partitions).Select(p => new StartPosition(new TopicPartition(Topic, p), offset));

    /// <summary>Writes records whose values are <c>partition/number</c>, in sets of the given size.</summary>
    public void Produce(int partitions, int count, int from = 0, int bytes = 0, string? topic = null, int setBytes = 1_000_000)
    {
        var padding = new string('x', bytes);
        for (var i = from; i < from + count; i++)
        {
            for (var p = 0; p < partitions; p++)
                Send(topic ?? Topic, p, $"k{i}", $"{p}/{i}{padding}", setBytes: setBytes);
        }

        Flush();
    }

    public void Send(
        string topic, int partition, string? key, string? value, Headers? headers = null, int setBytes = 1_000_000)
    {
        _producer ??= new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
        {
            BootstrapServers = Kafka.BootstrapServers,
            LingerMs = 5,
            BatchSize = setBytes,
            BatchNumMessages = 100_000,
            MessageMaxBytes = 10_000_000,
            QueueBufferingMaxMessages = 10_000_000,
            QueueBufferingMaxKbytes = 1_000_000,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        var message = new Message<byte[]?, byte[]?>
        {
            Key = key is null ? null : Encoding.UTF8.GetBytes(key),
            Value = value is null ? null : Encoding.UTF8.GetBytes(value),
            Headers = headers,
        };
        _producer.Produce(
            new Confluent.Kafka.TopicPartition(topic, partition),
            message,
            report =>
            {
                if (report.Error.IsError)
                    throw new InvalidOperationException(report.Error.Reason);
            });
    }

    public void Flush() => Assert.Equal(0, _producer!.Flush(TimeSpan.FromSeconds(30)));

    public async ValueTask DisposeAsync()
    {
        foreach (var pipeline in _pipelines)
            await pipeline.DisposeAsync();
        await Factory.DisposeAsync();
        Admin.Dispose();
        _producer?.Dispose();
        Kafka.Dispose();
    }

    public sealed class TestLog : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _entries = new();

        public IReadOnlyCollection<(LogLevel Level, string Text)> Entries => _entries;

        public int CountOf(string text) => _entries.Count(e => e.Text.Contains(text, StringComparison.Ordinal));

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                _entries.Enqueue((logLevel, formatter(state, exception)));
        }

        public void Dispose()
        {
        }
    }
}
