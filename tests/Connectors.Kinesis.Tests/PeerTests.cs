using System.Text;
using Exports.Connectors.Sdk;
using Exports.Peers;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>One peer for all tests of a class.</summary>
public sealed class PeerFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("exports-kinesis-").FullName;

    public KinesisPeer Peer { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Peer = await KinesisPeer.StartAsync(_directory);

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>
/// The sink against an emulator behind a front that checks signatures and injects faults. What arrived is read back with the
/// vendor's client.
/// </summary>
public sealed class PeerTests(PeerFixture fixture) : IClassFixture<PeerFixture>, IAsyncLifetime
{
    private readonly KinesisPeer _peer = fixture.Peer;
    private readonly ListLogger _logger = new();
    private readonly List<SinkTask> _tasks = [];
    private readonly string _stream = $"s{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _peer.SetFaultsAsync(new());
        await _peer.SetRoleAsync(KinesisPeer.RoleArn, KinesisPeer.ExternalId);
        await _peer.CreateStreamAsync(_stream, 3);
        await _peer.ResetStatisticsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var task in _tasks)
            await task.StopAsync();
    }

    [Fact]
    public async Task Records_arrive_once_and_in_order_whatever_is_refused()
    {
        await _peer.SetFaultsAsync(new()
        {
            RecordThrottled = 0.1,
            RecordInternalFailure = 0.05,
            RequestThrottled = 0.03,
            LimitExceeded = 0.02,
            ServerErrorBefore = 0.03,
            Unavailable = 0.02,
            ResetBefore = 0.03,
        });
        var task = await StartAsync();

        await Delivery.PutAllAsync(task, records: 3000, keys: 300);

        var arrived = await _peer.ReadAsync(_stream, 3000);
        Assert.Equal(3000, arrived.Count);
        Assert.All(ByKey(arrived), numbers => Assert.Equal(Enumerable.Range(0, 10).Select(Delivery.Number), numbers));
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal(3000, statistics.AcceptedRecords);
        Assert.True(statistics.Fault("recordThrottled") > 0 && statistics.Fault("resetBefore") > 0);
    }

    [Fact]
    public async Task Where_the_answer_is_lost_records_arrive_again_and_keys_stay_in_order()
    {
        await _peer.SetFaultsAsync(new()
        {
            ResetAfter = 0.1,
            ServerErrorAfter = 0.1,
            ResetMidAnswer = 0.1,
            NoAnswerBefore = 0.02,
            NoAnswerAfter = 0.02,
            RecordThrottled = 0.1,
        });
        var task = await StartAsync((KinesisKeys.RequestTimeout, "500"));

        await Delivery.PutAllAsync(task, records: 1000, keys: 100);

        var arrived = await _peer.ReadAsync(_stream, 1000);
        Assert.True(arrived.Count > 1000);
        Assert.All(ByKey(arrived), numbers =>
        {
            // Sent again before the next one is sent, never behind it.
            Assert.Equal(numbers.Select(int.Parse).Order(), numbers.Select(int.Parse));
            Assert.Equal(Enumerable.Range(0, 10).Select(Delivery.Number), numbers.Distinct());
        });
    }

    [Fact]
    public async Task A_stream_that_is_too_small_slows_the_task_down_and_loses_nothing()
    {
        await _peer.SetFaultsAsync(new() { ShardRecordsPerSecond = 500, ShardBytesPerSecond = 512 * 1024 });
        var task = await StartAsync();

        await Delivery.PutAllAsync(task, records: 5000, keys: 1000);

        Assert.Equal(5000, (await _peer.ReadAsync(_stream, 5000)).Count);
        Assert.True((await _peer.StatisticsAsync()).Fault("shardThrottled") > 0);
    }

    [Fact]
    public async Task A_role_is_assumed_with_its_external_id_and_again_when_its_sessions_end()
    {
        var task = await StartAsync(
            (KinesisKeys.RoleArn, KinesisPeer.RoleArn), (KinesisKeys.RoleExternalId, KinesisPeer.ExternalId),
            (KinesisKeys.StsEndpoint, _peer.Endpoint.AbsoluteUri));
        await Delivery.PutAllAsync(task, records: 100, keys: 10);

        await _peer.ExpireSessionsAsync();
        await Delivery.PutAllAsync(task, records: 100, keys: 10);

        // Both times the same hundred.
        Assert.Equal(200, (await _peer.ReadAsync(_stream, 100)).Count);
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal(2, statistics.SessionsIssued);
        Assert.Contains("ExpiredTokenException", statistics.Refused.Keys);
    }

    [Fact]
    public async Task A_role_is_refused_without_its_external_id()
    {
        var error = await Assert.ThrowsAsync<ConnectException>(() => StartAsync(
            (KinesisKeys.RoleArn, KinesisPeer.RoleArn), (KinesisKeys.StsEndpoint, _peer.Endpoint.AbsoluteUri)));

        Assert.Contains("may not be assumed: AccessDenied", error.Message, StringComparison.Ordinal);
        Assert.Contains(KinesisKeys.RoleExternalId, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partitions_spread_over_the_shards_when_they_say_where_records_go()
    {
        var task = await StartAsync((KinesisKeys.UsePartitionAsHashKey, "true"));

        await task.PutAsync(
            new TestBatch([.. Enumerable.Range(0, 12).Select(number => TestRecords.Record("same", $"{number}", number))]),
            CancellationToken.None);

        var arrived = await _peer.ReadAsync(_stream, 12);
        var shards = arrived.CountBy(record => record.ShardId).Select(shard => shard.Value).ToList();
        Assert.Equal(3, shards.Count);
        Assert.All(shards, records => Assert.InRange(records, 3, 5));
        Assert.All(arrived, record => Assert.Equal("same", record.PartitionKey));
    }

    [Fact]
    public async Task Records_of_every_kind_arrive_as_they_should()
    {
        var largest = new byte[1024 * 1024 - 1];
        Random.Shared.NextBytes(largest);
        (ConnectValue Key, ConnectValue Value, string PartitionKey, byte[] Data)[] cases =
        [
            (TestRecords.Utf8("ä \"€\" \\😀"), TestRecords.Utf8("text ä"), "ä \"€\" \\😀", Encoding.UTF8.GetBytes("text ä")),
            (TestRecords.Utf8(new('€', 256)), TestRecords.Bytes(""), new('€', 256), []),
            (TestRecords.Utf8("tombstone"), ConnectValue.Null, "tombstone", []),
            (ConnectValue.FromBytes(new byte[] { 0, 0, 0, 5 }), TestRecords.Bytes("binary"), "AAAABQ==", "binary"u8.ToArray()),
            (ConnectValue.From(7L), ConnectValue.From(new Dictionary<string, object?> { ["a"] = 1L }), "7", """{"a":1}"""u8.ToArray()),
            (TestRecords.Utf8("L"), ConnectValue.FromBytes(largest), "L", largest),
        ];
        var task = await StartAsync();

        await task.PutAsync(
            new TestBatch([.. cases.Select((one, i) => TestRecords.Record(one.Key, one.Value, 0, i))]), CancellationToken.None);

        var arrived = (await _peer.ReadAsync(_stream, cases.Length))
            .ToDictionary(record => record.PartitionKey, record => record.Data);
        Assert.Equal(cases.Length, arrived.Count);
        Assert.All(cases, one => Assert.Equal(one.Data, arrived[one.PartitionKey]));
    }

    [Fact]
    public async Task The_check_of_the_destination_finds_what_is_wrong_and_writes_nothing()
    {
        Assert.Empty(await CheckAsync());
        Assert.Equal("streamName", Assert.Single(await CheckAsync((KinesisKeys.StreamName, "missing"))).Key);
        Assert.Equal(
            "roleARN",
            Assert.Single(await CheckAsync(
                (KinesisKeys.RoleArn, KinesisPeer.RoleArn), (KinesisKeys.RoleExternalId, "wrong"),
                (KinesisKeys.StsEndpoint, _peer.Endpoint.AbsoluteUri))).Key);
        Assert.Empty(await CheckAsync(
            (KinesisKeys.RoleArn, KinesisPeer.RoleArn), (KinesisKeys.RoleExternalId, KinesisPeer.ExternalId),
            (KinesisKeys.StsEndpoint, _peer.Endpoint.AbsoluteUri)));
        Assert.Equal("region", Assert.Single(await CheckAsync((KinesisKeys.Region, "eu-west-1"))).Key);
        await _peer.SetFaultsAsync(new() { AccessDenied = 1 });
        Assert.Equal("roleARN", Assert.Single(await CheckAsync()).Key);

        Assert.Empty(await _peer.ReadAsync(_stream));
    }

    private static IEnumerable<IReadOnlyList<string>> ByKey(IReadOnlyList<KinesisRecord> records)
        => records.GroupBy(record => record.PartitionKey)
            .Select(key => (IReadOnlyList<string>)[.. key.Select(record => Encoding.UTF8.GetString(record.Data))]);

    private async Task<SinkTask> StartAsync(params (string, string)[] keys)
    {
        var task = new KinesisSinkConnector().CreateTask();
        _tasks.Add(task);
        await task.StartAsync(new("orders", 0, Config(keys), _logger, TimeProvider.System), CancellationToken.None);
        return task;
    }

    private Task<IReadOnlyList<(string Key, string Message)>> CheckAsync(params (string, string)[] keys)
        => new KinesisSinkConnector().CheckDestinationAsync(Config(keys), CancellationToken.None);

    private Dictionary<string, string> Config((string, string)[] keys) => TestConfig.Of(
    [
        (KinesisKeys.StreamName, _stream),
        (KinesisKeys.Endpoint, _peer.Endpoint.AbsoluteUri),
        (KinesisKeys.MaxBufferedTime, "5"),
        .. keys,
    ]);
}
