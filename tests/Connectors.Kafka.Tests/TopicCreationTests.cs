using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Connectors.Kafka.Tests;

public sealed class TopicCreationTests
{
    /// <summary>How many partitions the topic has, the configuration, and what is asked for.</summary>
    [Theory]
    [InlineData(null, "source", "-1", "create 5")]
    [InlineData(null, "source", "3", "create 5")]
    [InlineData(null, "source", "12", "create 12")]
    [InlineData(null, "key", "-1", "create -1")]
    [InlineData(null, "key", "3", "create 3")]
    [InlineData(3, "source", "-1", "grow 5")]
    [InlineData(3, "source", "12", "grow 5")]
    [InlineData(5, "source", "-1", "")]
    [InlineData(1, "key", "12", "")]
    public async Task A_topic_gets_as_many_partitions_as_are_needed(int? count, string partitioner, string partitions, string expected)
    {
        var topics = new Topics { Count = count };
        var config = Config(("target.partitioner", partitioner), ("target.topic.creation.partitions", partitions));

        await new TopicCreation(config, topics).EnsureAsync([new("orders", 1), new("orders", 4)], CancellationToken.None);

        Assert.Equal(expected, string.Join(", ", topics.Asked));
    }

    [Fact]
    public async Task A_topic_that_another_task_has_created_too_small_meanwhile_is_grown()
    {
        var topics = new Topics { Faster = 2 };

        await new TopicCreation(Config(), topics).EnsureAsync([new("orders", 4)], CancellationToken.None);

        Assert.Equal("create 5, grow 5", string.Join(", ", topics.Asked));
    }

    [Fact]
    public async Task Each_topic_is_created_by_its_mapped_name_before_records_come()
    {
        using var kafka = EmbeddedKafka.Start(1);
        await using var front = new AdminFront(kafka);
        await using var sink = await Sink.StartAsync(
            kafka, ("target.bootstrap.servers", front.Address), ("target.topic.prefix", "copy."), ("target.topic.creation.enable", "true"),
            ("target.topic.creation.replication.factor", "3"), ("target.topic.creation.config.retention.ms", "1000"));

        await sink.Task.OpenPartitionsAsync([new("orders", 2), new("views", 0)], CancellationToken.None);
        await sink.Task.OpenPartitionsAsync([new("orders", 4)], CancellationToken.None);
        await sink.PutAsync(new Batch(Batch.Record("orders", 4, 7), Batch.Record("views", 0, 8)));

        Assert.Equal(
            ["copy.orders 3 3 retention.ms=1000", "copy.views 1 3 retention.ms=1000", "copy.orders grows to 5"], front.Created);
        Assert.Equal([7], Target.Offsets(Target.Read(kafka, "copy.orders", 5, 1), 4));
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed, false, "Grant it Create")]
    [InlineData(ErrorCode.InvalidReplicationFactor, false, "target.topic.creation.replication.factor")]
    [InlineData(ErrorCode.InvalidConfig, false, "target.topic.creation.config.*")]
    [InlineData(ErrorCode.NotController, true, "did not answer")]
    public async Task A_refusal_names_what_to_change(ErrorCode error, bool isRetriable, string text)
    {
        using var kafka = EmbeddedKafka.Start(1);
        await using var front = new AdminFront(kafka) { Error = error };
        await using var sink = await Sink.StartAsync(
            kafka, ("target.bootstrap.servers", front.Address), ("target.topic.creation.enable", "true"));

        var e = await Assert.ThrowsAnyAsync<ConnectException>(
            () => sink.Task.OpenPartitionsAsync([new("orders", 0)], CancellationToken.None));

        Assert.Equal(isRetriable, e is RetriableException);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_created_unless_it_is_asked_for()
    {
        using var kafka = EmbeddedKafka.Start(1);
        await using var front = new AdminFront(kafka);
        await using var sink = await Sink.StartAsync(kafka, ("target.bootstrap.servers", front.Address));

        await sink.Task.OpenPartitionsAsync([new("orders", 0)], CancellationToken.None);

        Assert.Empty(front.Created);
    }

    private static KafkaSinkConfig Config(params (string Key, string Value)[] more)
    {
        var config = new Dictionary<string, string>
        {
            ["target.bootstrap.servers"] = "a:9092",
            ["target.topic.creation.enable"] = "true",
        };
        foreach (var (key, value) in more)
            config[key] = value;
        return KafkaSinkConfig.Parse(config, "client");
    }

    private sealed class Topics : ITargetTopics
    {
        public int? Count { get; set; }

        /// <summary>With how many partitions another task creates the topic when this one is about to.</summary>
        public int? Faster { get; init; }

        public List<string> Asked { get; } = [];

        public Task<int?> CountPartitionsAsync(string topic, CancellationToken cancellationToken) => Task.FromResult(Count);

        public Task CreateAsync(
            string topic, int partitions, short replicationFactor, IReadOnlyDictionary<string, string> configs,
            CancellationToken cancellationToken)
        {
            Asked.Add($"create {partitions}");
            Count = Faster ?? (partitions < 0 ? 1 : partitions);
            return Task.CompletedTask;
        }

        public Task GrowAsync(string topic, int partitions, CancellationToken cancellationToken)
        {
            Asked.Add($"grow {partitions}");
            Count = partitions;
            return Task.CompletedTask;
        }
    }
}
