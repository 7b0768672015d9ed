using Exports.Peers;

namespace Exports.SystemTests.Streams;

/// <summary>A stream of four shards, written under a role whose sessions are short.</summary>
internal sealed class KinesisStream(KinesisPeer peer) : ICustomerStream
{
    private const string Name = "customer-stream";

    public IReadOnlyDictionary<string, string> Connector { get; } = new Dictionary<string, string>
    {
        ["connector.class"] = "com.amazon.kinesis.kafka.AmazonKinesisSinkConnector",
        ["tasks.max"] = "6",
        ["key.converter"] = "org.apache.kafka.connect.storage.StringConverter",
        ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
        ["region"] = KinesisPeer.Region,
        ["streamName"] = Name,
        ["roleARN"] = KinesisPeer.RoleArn,
        ["roleExternalID"] = KinesisPeer.ExternalId,
        ["kinesisEndpoint"] = peer.Endpoint.AbsoluteUri,
        ["ttl"] = "60000",
        // So that a test that loses answers does not take minutes.
        ["requestTimeoutMs"] = "2000",
    };

    public IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>
    {
        ["AWS_ACCESS_KEY_ID"] = KinesisPeer.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = KinesisPeer.SecretAccessKey,
        ["AWS_ENDPOINT_URL_STS"] = peer.Endpoint.AbsoluteUri,
        ["AWS_SESSION_TOKEN"] = null,
        ["AWS_PROFILE"] = null,
    };

    public static async Task<ICustomerStream> StartAsync(string directory)
    {
        var peer = await KinesisPeer.StartAsync(directory);
        await peer.CreateStreamAsync(Name, 4);
        return new KinesisStream(peer);
    }

    public async Task InjectFaultsAsync()
    {
        await peer.SetFaultsAsync(new()
        {
            RecordThrottled = 0.05,
            RecordInternalFailure = 0.02,
            RequestThrottled = 0.02,
            LimitExceeded = 0.01,
            ServerErrorBefore = 0.02,
            ServerErrorAfter = 0.01,
            Unavailable = 0.01,
            ResetBefore = 0.01,
            ResetAfter = 0.01,
            ResetMidAnswer = 0.01,
            NoAnswerBefore = 0.002,
            NoAnswerAfter = 0.002,
            DelayMaxMilliseconds = 30,
        });
        await peer.ExpireSessionsAsync();
    }

    public Task StallAsync() => peer.SetFaultsAsync(new() { Stall = true });

    public Task HealAsync() => peer.SetFaultsAsync(new());

    public async Task<long> AcceptedAsync() => (await peer.StatisticsAsync()).AcceptedRecords;

    public async Task<string> DescribeAsync()
    {
        var statistics = await peer.StatisticsAsync();
        return $"{statistics.Request("PutRecords")} requests, {statistics.AcceptedRecords} records accepted, {statistics.SessionsIssued} sessions, "
            + $"faults {string.Join(", ", statistics.Faults.Select(fault => $"{fault.Key} {fault.Value}"))}, "
            + $"refused {string.Join(", ", statistics.Refused.Select(refused => $"{refused.Key} {refused.Value}"))}";
    }

    public async Task<IReadOnlyList<(string Key, byte[] Data)>> ReadAsync(int expected)
        => [.. (await peer.ReadAsync(Name, expected)).Select(record => (record.PartitionKey, record.Data))];

    public ValueTask DisposeAsync() => peer.DisposeAsync();
}
