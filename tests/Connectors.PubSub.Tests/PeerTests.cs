using System.Text;
using Exports.Connectors.Sdk;
using Exports.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.PubSub.Tests;

/// <summary>Against Google's emulator, behind a front that keeps the service's limits; read back by the vendor's own client.</summary>
public sealed class PeerTests(PeerFixture fixture) : IClassFixture<PeerFixture>, IAsyncLifetime
{
    private readonly PubSubPeer _peer = fixture.Peer;
    private readonly string _topic = $"t{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _peer.SetFaultsAsync(new());
        await _peer.SetRequireTokenAsync(false);
        await _peer.CreateTopicAsync(_topic);
        await _peer.ResetStatisticsAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_record_arrives_as_it_was()
    {
        const int Count = 5000;
        await DeliverAsync(
            Count, ("metadata.publish", "true"), ("headers.publish", "true"), ("enableCompression", "true"), ("maxBufferSize", "1000"));

        var messages = await _peer.ReadAsync(_topic, Count);

        Assert.Equal(Count, messages.Count);
        Assert.Equal(Enumerable.Range(0, Count), messages.Select(Number).Order());
        Assert.All(messages, message =>
        {
            var number = Number(message);
            Assert.Equal($"k{number % 97}", message.Attributes["key"]);
            Assert.Equal($"{number}", message.Attributes["kafka.offset"]);
            Assert.Equal("orders", message.Attributes["kafka.topic"]);
            Assert.Equal("x", message.Attributes["h"]);
            Assert.Equal("", message.OrderingKey);
        });
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal(statistics.Request("Publish"), statistics.CompressedRequests);
    }

    [Theory]
    [InlineData("key", 97)]
    [InlineData("partition", 1)]
    public async Task Whatever_happens_on_the_way_nothing_is_lost_and_each_ordering_key_stays_in_order(string source, int keys)
    {
        const int Count = 5000;
        await _peer.SetFaultsAsync(new()
        {
            StatusBefore = new Dictionary<string, double>
            {
                ["UNAVAILABLE"] = 0.03,
                ["RESOURCE_EXHAUSTED"] = 0.02,
                ["ABORTED"] = 0.01,
                ["INTERNAL"] = 0.01,
            },
            StatusAfter = new Dictionary<string, double> { ["UNAVAILABLE"] = 0.03, ["DEADLINE_EXCEEDED"] = 0.02 },
            ResetBefore = 0.005,
            ResetAfter = 0.005,
            StreamResetBefore = 0.01,
            StreamResetAfter = 0.01,
            GoAway = 0.01,
            HttpUnavailable = 0.01,
        });
        await DeliverAsync(Count, ("orderingKeySource", source), ("maxBufferSize", "20"), ("delayThresholdMs", "5"));
        var statistics = await _peer.StatisticsAsync();
        await _peer.SetFaultsAsync(new());

        var messages = await _peer.ReadAsync(_topic, Count);

        Assert.NotEmpty(statistics.Faults);
        Assert.Empty(statistics.Refused);
        Assert.Equal(Enumerable.Range(0, Count), messages.Select(Number).Distinct().Order());
        var byKey = messages.GroupBy(message => message.OrderingKey).ToList();
        Assert.Equal(keys, byKey.Count);
        foreach (var key in byKey)
        {
            // What came twice came after it was there, and before what follows it.
            var numbers = key.Select(Number).Distinct().ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Fact]
    public async Task A_service_that_never_answers_some_requests_delays_them_only()
    {
        const int Count = 500;
        await _peer.SetFaultsAsync(new() { NoAnswerBefore = 1, AtMost = 2 });
        await DeliverAsync(Count, ("maxRequestTimeoutMs", "1000"), ("maxBufferSize", "50"));

        Assert.Equal(Enumerable.Range(0, Count), (await _peer.ReadAsync(_topic, Count)).Select(Number).Distinct().Order());
        Assert.Equal(2, (await _peer.StatisticsAsync()).Fault("noAnswerBefore"));
    }

    [Fact]
    public async Task What_the_encoder_lets_pass_is_within_the_limits_of_the_service()
    {
        var config = Config(
            ("headers.publish", "true"), ("orderingKeySource", "key"), ("enableCompression", "true"), ("compressionBytesThreshold", "0"));
        var task = await StartAsync(config);
        try
        {
            var headers = Enumerable.Range(0, 99).Select(i => new Header($"{i}".PadLeft(256, 'h'), Batch.Utf8(new string('v', 1024)))).ToArray();
            await task.PutAsync(new Batch(Batch.Record("full", new string('k', 1024), headers)), default);

            // As large as it can be, next to the topic's field and to tag and length of message and data.
            var others = new MessageEncoder(PubSubSinkConfig.Parse(config)).TopicField.Length + 10;
            await task.PutAsync(new Batch(Batch.Record(ConnectValue.FromBytes(new byte[10_000_000 - others]))), default);
            var e = await Assert.ThrowsAnyAsync<ConnectException>(
                async () => await task.PutAsync(new Batch(Batch.Record(ConnectValue.FromBytes(new byte[10_000_001 - others]))), default));
            Assert.Contains("10000000", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            await task.StopAsync();
        }

        var messages = await _peer.ReadAsync(_topic, 2);
        Assert.Equal(100, messages[0].Attributes.Count);
        Assert.Equal(1024, messages[0].OrderingKey.Length);
        Assert.InRange(messages[1].Data.Length, 9_999_900, 10_000_000);
    }

    [Fact]
    public async Task Tokens_that_end_before_their_time_are_replaced()
    {
        await _peer.SetRequireTokenAsync(true);
        using var environment = new EnvironmentVariables(
            ("GCE_METADATA_HOST", _peer.MetadataHost), ("GOOGLE_APPLICATION_CREDENTIALS", null), ("CLOUDSDK_CONFIG", "/nowhere"));
        using var tokens = CredentialLoader.Load(CredentialChoice.Worker);
        var config = PubSubSinkConfig.Parse(Config());
        using var channel = ServiceChannel.Share(config.Endpoint);
        var client = new TopicClient(channel.Value, config.Endpoint, config.Topic, tokens.Value, config.RequestTimeout, null);
        var encoder = new MessageEncoder(config);

        for (var i = 0; i < 3; i++)
        {
            var record = Batch.Record($"{i}");
            encoder.Encode(ref record);
            await client.PublishAsync(PublishCall.For(encoder.TopicField, new Batch(record)), default);
            await _peer.ExpireTokensAsync();
        }

        Assert.Equal([0, 1, 2], (await _peer.ReadAsync(_topic, 3)).Select(Number));
        Assert.Equal(3, (await _peer.StatisticsAsync()).TokensIssued);
    }

    [Fact]
    public async Task A_topic_that_is_there_passes_the_check_and_one_that_is_not_does_not()
    {
        var connector = new PubSubSinkConnector();

        Assert.Empty(await connector.CheckDestinationAsync(Config(), default));
        Assert.Equal("cps.topic", Assert.Single(await connector.CheckDestinationAsync(Config(("cps.topic", "missing")), default)).Key);
    }

    private static int Number(PubSubMessage message) => int.Parse(Encoding.UTF8.GetString(message.Data));

    private Dictionary<string, string> Config(params (string Key, string Value)[] config)
    {
        Assert.Null(Environment.GetEnvironmentVariable("PUBSUB_EMULATOR_HOST"));
        return Configs.Of(
        [
            ("cps.project", PubSubPeer.Project), ("cps.topic", _topic), ("cps.useEmulator", "true"), ("cps.endpoint", _peer.Endpoint.Authority),
            .. config,
        ]);
    }

    private static async Task<SinkTask> StartAsync(Dictionary<string, string> config)
    {
        var task = new PubSubSinkConnector().CreateTask();
        await task.StartAsync(new("views", 0, config, NullLogger.Instance, TimeProvider.System), default);
        return task;
    }

    /// <summary>Hands in records with numbers as values, in order, as many puts at once as the task allows.</summary>
    private async Task DeliverAsync(int count, params (string Key, string Value)[] config)
    {
        var task = await StartAsync(Config(config));
        try
        {
            var puts = new Queue<Task>();
            var headers = new Header[] { new("h", Batch.Utf8("x")) };
            foreach (var chunk in Enumerable.Range(0, count).Chunk(Math.Min(50, task.MaxBatchRecords)))
            {
                while (puts.Count >= task.MaxInFlight)
                    await puts.Dequeue().WaitAsync(TimeSpan.FromSeconds(60));
                var records = chunk.Select(i => Batch.Record($"{i}", $"k{i % 97}", headers) with { Offset = i }).ToArray();
                puts.Enqueue(task.PutAsync(new Batch(records), default).AsTask());
            }

            task.Drain();
            await Task.WhenAll(puts).WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            await task.StopAsync();
        }
    }
}
