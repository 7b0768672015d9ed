using System.Net;
using System.Text;
using Exports.Harness;

namespace Exports.Peers.Tests;

/// <summary>The Kinesis peer does what the service would, and what it is told.</summary>
public sealed class KinesisPeerTests(KinesisFixture fixture) : IClassFixture<KinesisFixture>, IAsyncLifetime
{
    private readonly KinesisPeer _peer = fixture.Peer;
    private readonly SignedClient _client = new(fixture.Peer.Endpoint);
    private readonly string _stream = $"s{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _peer.SetFaultsAsync(new());
        await _peer.CreateStreamAsync(_stream, 3);
        await _peer.ResetStatisticsAsync();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_put_comes_back_complete_and_in_order()
    {
        for (var request = 0; request < 20; request++)
            Stored(await _client.PutRecordsAsync(_stream, Records(request * 100, 100)));

        // Through the front: the vendor's own client signs to its satisfaction as well.
        var records = await _peer.ReadAsync(_stream, 2000, endpoint: _peer.Endpoint);

        Assert.Equal(2000, records.Count);
        Assert.Equal(3, records.Select(record => record.ShardId).Distinct().Count());
        foreach (var key in records.GroupBy(record => record.PartitionKey))
        {
            Assert.Single(key.Select(record => record.ShardId).Distinct());
            var numbers = key.Select(Number).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }

        Assert.Equal(Enumerable.Range(0, 2000), records.Select(Number).Order());
        Assert.Equal(2000, (await _peer.StatisticsAsync()).AcceptedRecords);
    }

    [Theory]
    [InlineData("MissingAuthenticationTokenException")]
    [InlineData("IncompleteSignatureException")]
    [InlineData("UnrecognizedClientException")]
    [InlineData("UnrecognizedClientException", "token")]
    [InlineData("InvalidSignatureException", "secret")]
    [InlineData("InvalidSignatureException", "body")]
    [InlineData("InvalidSignatureException", "date")]
    [InlineData("InvalidSignatureException", "region")]
    [InlineData("InvalidSignatureException", "target")]
    public async Task A_request_that_is_not_signed_rightly_is_refused(string error, string what = "")
    {
        using var client = (error, what) switch
        {
            ("MissingAuthenticationTokenException", _) => new SignedClient(_peer.Endpoint) { Spoil = request => request.Headers.Remove("authorization") },
            ("IncompleteSignatureException", _) => new SignedClient(_peer.Endpoint)
            {
                Spoil = request =>
                {
                    request.Headers.Remove("authorization");
                    request.Headers.TryAddWithoutValidation("authorization", $"AWS4-HMAC-SHA256 Credential={KinesisPeer.AccessKeyId}");
                },
            },
            (_, "") => new SignedClient(_peer.Endpoint) { AccessKeyId = "AKIAUNKNOWN" },
            (_, "token") => new SignedClient(_peer.Endpoint) { SessionToken = "forged" },
            (_, "secret") => new SignedClient(_peer.Endpoint) { SecretAccessKey = "wrong" },
            (_, "body") => new SignedClient(_peer.Endpoint)
            {
                Spoil = request =>
                {
                    var content = new ByteArrayContent("{}"u8.ToArray());
                    content.Headers.ContentType = request.Content!.Headers.ContentType;
                    request.Content = content;
                },
            },
            (_, "date") => new SignedClient(_peer.Endpoint) { Skew = TimeSpan.FromMinutes(-6) },
            (_, "region") => new SignedClient(_peer.Endpoint) { Region = "eu-west-1" },
            (_, "target") => new SignedClient(_peer.Endpoint) { SignTarget = false },
            _ => throw new ArgumentException(what),
        };

        var answer = await client.PutRecordsAsync(_stream, Records(0, 1));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(error, answer.ErrorType);
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal((1, 0), (statistics.Refused[error], statistics.AcceptedRecords));
    }

    [Fact]
    public async Task A_peer_that_does_not_verify_takes_any_signature()
    {
        await _peer.SetVerifyAsync(false);
        try
        {
            using var client = new SignedClient(_peer.Endpoint) { SecretAccessKey = "wrong" };
            Stored(await client.PutRecordsAsync(_stream, Records(0, 1)));
        }
        finally
        {
            await _peer.SetVerifyAsync(true);
        }
    }

    [Fact]
    public async Task A_peer_that_discards_counts_and_answers_as_if_it_stored()
    {
        var stored = await _client.PutRecordsAsync(_stream, Records(0, 100));
        await _peer.SetDiscardAsync(true);
        try
        {
            var discarded = await _client.PutRecordsAsync(_stream, Records(0, 100));
            Stored(discarded);
            Assert.Equal(stored.Shards, discarded.Shards);
            Assert.Equal("ResourceNotFoundException", (await _client.PutRecordsAsync("no-such-stream", Records(0, 1))).ErrorType);
        }
        finally
        {
            await _peer.SetDiscardAsync(false);
        }

        Assert.Equal(200, (await _peer.StatisticsAsync()).AcceptedRecords);
        Assert.Equal(100, (await _peer.ReadAsync(_stream, 100)).Count);
    }

    [Fact]
    public async Task Sessions_of_a_role_are_distinct_and_good_until_they_expire()
    {
        var first = await _client.AssumeRoleAsync(KinesisPeer.RoleArn, KinesisPeer.ExternalId);
        var second = await _client.AssumeRoleAsync(KinesisPeer.RoleArn, KinesisPeer.ExternalId);
        Assert.NotEqual(first.Xml("AccessKeyId"), second.Xml("AccessKeyId"));
        Assert.NotEqual(first.Xml("SessionToken"), second.Xml("SessionToken"));
        Assert.InRange(DateTimeOffset.Parse(first.Xml("Expiration")) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        using var client = Session(first);
        Stored(await client.PutRecordsAsync(_stream, Records(0, 1)));

        await _peer.ExpireSessionsAsync();
        Assert.Equal("ExpiredTokenException", (await client.PutRecordsAsync(_stream, Records(1, 1))).ErrorType);

        await _peer.SetSessionLifeAsync(TimeSpan.FromSeconds(1));
        using var brief = Session(await _client.AssumeRoleAsync(KinesisPeer.RoleArn, KinesisPeer.ExternalId));
        Stored(await brief.PutRecordsAsync(_stream, Records(2, 1)));
        await Waiting.UntilAsync("the session has expired", async () =>
            (await brief.PutRecordsAsync(_stream, Records(3, 1))).ErrorType == "ExpiredTokenException");
        Assert.Equal(3, (await _peer.StatisticsAsync()).SessionsIssued);
    }

    [Theory]
    [InlineData(KinesisPeer.RoleArn, "another-customer", KinesisPeer.SecretAccessKey, "AccessDenied")]
    [InlineData(KinesisPeer.RoleArn, "", KinesisPeer.SecretAccessKey, "AccessDenied")]
    [InlineData("arn:aws:iam::000000000000:role/other", KinesisPeer.ExternalId, KinesisPeer.SecretAccessKey, "AccessDenied")]
    [InlineData(KinesisPeer.RoleArn, KinesisPeer.ExternalId, "wrong", "SignatureDoesNotMatch")]
    public async Task A_role_is_given_only_to_whom_it_is_for(string role, string externalId, string secret, string error)
    {
        using var client = new SignedClient(_peer.Endpoint) { SecretAccessKey = secret };

        var answer = await client.AssumeRoleAsync(role, externalId);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal(error, answer.Xml("Code"));
        Assert.Equal(0, (await _peer.StatisticsAsync()).SessionsIssued);
    }

    public static TheoryData<string, KinesisFaults, int, string?, bool> RequestFaults => new()
    {
        { "resetBefore", new() { ResetBefore = 1 }, 0, null, false },
        { "resetAfter", new() { ResetAfter = 1 }, 0, null, true },
        { "resetMidAnswer", new() { ResetMidAnswer = 1 }, 0, null, true },
        { "requestThrottled", new() { RequestThrottled = 1 }, 400, "ProvisionedThroughputExceededException", false },
        { "limitExceeded", new() { LimitExceeded = 1 }, 400, "LimitExceededException", false },
        { "serverErrorBefore", new() { ServerErrorBefore = 1 }, 500, "InternalFailure", false },
        { "serverErrorAfter", new() { ServerErrorAfter = 1 }, 500, "InternalFailure", true },
        { "unavailable", new() { Unavailable = 1 }, 503, "ServiceUnavailable", false },
        { "accessDenied", new() { AccessDenied = 1 }, 400, "AccessDeniedException", false },
    };

    [Theory]
    [MemberData(nameof(RequestFaults), DisableDiscoveryEnumeration = true)]
    public async Task A_fault_strikes_as_often_as_asked(string name, KinesisFaults faults, int status, string? error, bool isStored)
    {
        await _peer.SetFaultsAsync(faults with { AtMost = 1 });

        if (error is null)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => _client.PutRecordsAsync(_stream, Records(0, 10)));
        }
        else
        {
            var answer = await _client.PutRecordsAsync(_stream, Records(0, 10));
            Assert.Equal(status, (int)answer.Status);
            Assert.Equal(error, answer.ErrorType);
        }

        Stored(await _client.PutRecordsAsync(_stream, Records(10, 10)));
        Assert.Equal(isStored ? 20 : 10, (await _peer.ReadAsync(_stream)).Count);
        Assert.Equal(1, (await _peer.StatisticsAsync()).Fault(name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_is_never_answered_stays_open(bool isStored)
    {
        await _peer.SetFaultsAsync(isStored ? new() { NoAnswerAfter = 1, AtMost = 1 } : new() { NoAnswerBefore = 1, AtMost = 1 });
        using var cancel = new CancellationTokenSource();

        var unanswered = _client.KinesisAsync(
            "PutRecords", new { StreamName = _stream, Records = new[] { new { Data = "AAAA", PartitionKey = "k" } } }, cancel.Token);
        await Waiting.UntilAsync("the fault has struck", async () =>
            (await _peer.StatisticsAsync()).Fault(isStored ? "noAnswerAfter" : "noAnswerBefore") == 1);

        Stored(await _client.PutRecordsAsync(_stream, Records(0, 1)));
        Assert.False(unanswered.IsCompleted);
        Assert.Equal(isStored ? 2 : 1, (await _peer.ReadAsync(_stream)).Count);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unanswered);
        await Waiting.UntilAsync("no request is in flight", async () => (await _peer.StatisticsAsync()).InFlight == 0);
    }

    [Fact]
    public async Task Single_records_fail_and_the_others_are_stored()
    {
        var faults = new KinesisFaults { RecordThrottled = 0.2, RecordInternalFailure = 0.1, Seed = 7 };
        await _peer.SetFaultsAsync(faults);

        var outcome = (await _client.PutRecordsAsync(_stream, Records(0, 500))).Records;

        var throttled = outcome.Count(code => code == "ProvisionedThroughputExceededException");
        var failed = outcome.Count(code => code == "InternalFailure");
        Assert.InRange(throttled, 60, 140);
        Assert.InRange(failed, 20, 70);
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal((throttled, failed), (statistics.Fault("recordThrottled"), statistics.Fault("recordInternalFailure")));
        Assert.Equal(500 - throttled - failed, statistics.AcceptedRecords);
        Assert.Equal(
            outcome.Index().Where(record => record.Item is null).Select(record => record.Index),
            (await _peer.ReadAsync(_stream)).Select(Number).Order());

        // The same seed, the same faults.
        await _peer.SetFaultsAsync(faults);
        Assert.Equal(outcome, (await _client.PutRecordsAsync(_stream, Records(0, 500))).Records);
    }

    [Fact]
    public async Task A_shard_takes_what_its_rate_allows()
    {
        await _peer.SetFaultsAsync(new() { ShardRecordsPerSecond = 100 });

        var outcome = (await _client.PutRecordsAsync(_stream, Enumerable.Range(0, 500).Select(_ => ("one key", new byte[10])))).Records;

        Assert.InRange(outcome.Count(code => code is null), 100, 110);
        Assert.All(outcome, code => Assert.True(code is null or "ProvisionedThroughputExceededException"));
        await Waiting.UntilAsync("the shard takes another", async () =>
            (await _client.PutRecordsAsync(_stream, ("one key", new byte[10]))).Records[0] is null);

        await _peer.SetFaultsAsync(new() { ShardBytesPerSecond = 1000 });
        Assert.InRange((await _client.PutRecordsAsync(_stream, Enumerable.Range(0, 50).Select(_ => ("another", new byte[93])))).Records
            .Count(code => code is null), 1, 11);
    }

    [Fact]
    public async Task A_stalled_peer_holds_requests_until_it_is_released()
    {
        await _peer.SetFaultsAsync(new() { Stall = true });
        var held = Enumerable.Range(0, 4).Select(i => _client.PutRecordsAsync(_stream, Records(i, 1))).ToArray();
        await Waiting.UntilAsync("four requests are held", async () => (await _peer.StatisticsAsync()).Fault("stalled") == 4);
        Assert.Equal(4, (await _peer.StatisticsAsync()).InFlight);
        Assert.Empty(await _peer.ReadAsync(_stream));
        Assert.DoesNotContain(held, request => request.IsCompleted);

        await _peer.SetFaultsAsync(new());

        Assert.All(await Task.WhenAll(held), Stored);
        var statistics = await _peer.StatisticsAsync();
        Assert.Equal((4, 0, 4), (statistics.MostInFlight, statistics.InFlight, statistics.Connections));
    }

    [Fact]
    public async Task Answers_are_delayed_as_asked()
    {
        await _peer.SetFaultsAsync(new() { DelayMinMilliseconds = 300, DelayMaxMilliseconds = 400 });
        var since = Environment.TickCount64;
        Stored(await _client.PutRecordsAsync(_stream, Records(0, 1)));
        Assert.InRange(Environment.TickCount64 - since, 290, 20_000);
    }

    [Fact]
    public async Task The_limits_of_a_request_are_kept()
    {
        Assert.Equal("ValidationException", (await _client.PutRecordsAsync(_stream, Records(0, 501))).ErrorType);
        Assert.Equal("ValidationException", (await _client.PutRecordsAsync(_stream, ("key", new byte[1024 * 1024]))).ErrorType);
        Assert.Equal("ValidationException", (await _client.PutRecordsAsync(_stream, (new string('k', 257), new byte[1]))).ErrorType);
        Assert.Equal("InvalidArgumentException", (await _client.PutRecordsAsync(
            _stream, Enumerable.Range(0, 5).Select(_ => ("k", new byte[1024 * 1024 - 1])).Append(("k", new byte[1])))).ErrorType);
        Stored(await _client.PutRecordsAsync(_stream, Enumerable.Range(0, 5).Select(_ => ("k", new byte[1024 * 1024 - 1]))));
        Assert.Equal("ResourceNotFoundException", (await _client.PutRecordsAsync("no-such-stream", Records(0, 1))).ErrorType);
    }

    [Fact]
    public async Task Servers_listen_on_the_loopback_address_alone()
    {
        var listening = (await File.ReadAllLinesAsync("/proc/net/tcp")).Concat(await File.ReadAllLinesAsync("/proc/net/tcp6"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
            .Where(address => address.EndsWith($":{_peer.Endpoint.Port:X4}") || address.EndsWith($":{_peer.UpstreamEndpoint.Port:X4}"))
            .ToList();
        Assert.NotEmpty(listening);
        Assert.All(listening, address => Assert.StartsWith("0100007F:", address));
    }

    private static IEnumerable<(string Key, byte[] Data)> Records(int from, int count)
        => Enumerable.Range(from, count).Select(i => ($"key-{i % 13}", Encoding.UTF8.GetBytes($"record {i}")));

    private static int Number(KinesisRecord record) => int.Parse(Encoding.UTF8.GetString(record.Data).Split(' ')[1]);

    private static void Stored(Answer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.All(answer.Records, Assert.Null);
    }

    private SignedClient Session(Answer answer) => new(_peer.Endpoint)
    {
        AccessKeyId = answer.Xml("AccessKeyId"),
        SecretAccessKey = answer.Xml("SecretAccessKey"),
        SessionToken = answer.Xml("SessionToken"),
    };
}
