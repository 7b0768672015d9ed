using Exports.Peers;

namespace Exports.SystemTests.Streams;

/// <summary>A topic whose messages have the record's key as ordering key.</summary>
internal sealed class PubSubStream(PubSubPeer peer) : ICustomerStream
{
    private const string Topic = "mux-demo-event-stream-export";

    public IReadOnlyDictionary<string, string> Connector { get; } = new Dictionary<string, string>
    {
        ["connector.class"] = "com.google.pubsub.kafka.sink.CloudPubSubSinkConnector",
        ["tasks.max"] = "6",
        ["key.converter"] = "org.apache.kafka.connect.storage.StringConverter",
        ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
        ["cps.project"] = PubSubPeer.Project,
        ["cps.topic"] = Topic,
        ["cps.useEmulator"] = "true",
        ["orderingKeySource"] = "key",
    };

    public IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>
    {
        ["PUBSUB_EMULATOR_HOST"] = peer.Endpoint.Authority,
    };

    public static async Task<ICustomerStream> StartAsync(string directory)
    {
        var peer = await PubSubPeer.StartAsync(directory);
        await peer.CreateTopicAsync(Topic);
        return new PubSubStream(peer);
    }

    public Task InjectFaultsAsync() => peer.SetFaultsAsync(new()
    {
        StatusBefore = Statuses(0.01),
        StatusAfter = Statuses(0.005),
        ResetBefore = 0.002,
        ResetAfter = 0.002,
        StreamResetBefore = 0.005,
        StreamResetAfter = 0.005,
        NoAnswerBefore = 0.0005,
        NoAnswerAfter = 0.0005,
        GoAway = 0.005,
        HttpUnavailable = 0.005,
        DelayMaxMilliseconds = 10,
    });

    public Task StallAsync() => peer.SetFaultsAsync(new() { Stall = true });

    public Task HealAsync() => peer.SetFaultsAsync(new());

    public async Task<long> AcceptedAsync() => (await peer.StatisticsAsync()).AcceptedMessages;

    public async Task<string> DescribeAsync()
    {
        var statistics = await peer.StatisticsAsync();
        return $"{statistics.Request("Publish")} requests, {statistics.AcceptedMessages} messages accepted, "
            + $"faults {string.Join(", ", statistics.Faults.Select(fault => $"{fault.Key} {fault.Value}"))}, "
            + $"refused {string.Join(", ", statistics.Refused.Select(refused => $"{refused.Key} {refused.Value}"))}";
    }

    public async Task<IReadOnlyList<(string Key, byte[] Data)>> ReadAsync(int expected)
        => [.. (await peer.ReadAsync(Topic, expected)).Select(message => (message.OrderingKey, message.Data))];

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private static Dictionary<string, double> Statuses(double probability)
        => new[] { "UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "INTERNAL", "RESOURCE_EXHAUSTED" }
            .ToDictionary(status => status, _ => probability);
}
