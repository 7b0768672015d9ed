using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class KinesisClientTests
{
    private readonly ListLogger _logger = new();
    private readonly Origin _origin = new();

    [Fact]
    public async Task A_request_has_what_the_service_asks_for()
    {
        await using var aws = await FakeAws.StartAsync(_ => FakeAnswer.Accepted);
        await PutAsync(Client(aws.Url), TestRecords.Record("k", "v"), TestRecords.Record("l", "w"));

        var request = Assert.Single(aws.Requests);
        Assert.Equal("PutRecords", request.Action);
        Assert.Equal("Kinesis_20131202.PutRecords", request.Headers["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.1", request.Headers["Content-Type"]);
        Assert.Equal(new Uri(aws.Url).Authority, request.Headers["Host"]);
        Assert.Equal("token-1", request.Headers["X-Amz-Security-Token"]);
        Assert.Matches(@"^\d{8}T\d{6}Z\z", request.Headers["X-Amz-Date"]);
        Assert.Equal(2, request.Json.GetProperty("Records").GetArrayLength());
        var expected = new SignatureV4("us-east-1", "kinesis").Authorize(
            new("AK1", "secret", "token-1"), request.Headers["X-Amz-Date"],
            [
                ("content-type", request.Headers["Content-Type"]), ("host", request.Headers["Host"]),
                ("x-amz-date", request.Headers["X-Amz-Date"]), ("x-amz-security-token", "token-1"),
                ("x-amz-target", request.Headers["X-Amz-Target"]),
            ], System.Text.Encoding.UTF8.GetBytes(request.Body));
        Assert.Equal(expected, request.Headers["Authorization"]);
    }

    [Fact]
    public async Task A_large_request_and_a_large_answer_pass()
    {
        await using var aws = await FakeAws.StartAsync(request => new(
            200,
            "{\"Records\":["
            + string.Join(',', Enumerable.Repeat(
                $$"""{"SequenceNumber":"{{new string('4', 60)}}","ShardId":"{{new string('s', 2000)}}"}""",
                request.Json.GetProperty("Records").GetArrayLength()))
            + "],\"FailedRecordCount\":0}"));
        var data = new byte[10_000];
        Array.Fill(data, (byte)'x');
        var records = Enumerable.Range(0, 500)
            .Select(i => TestRecords.Record(TestRecords.Utf8($"k{i}"), ConnectValue.FromBytes(data))).ToArray();

        await PutAsync(Client(aws.Url), records);

        Assert.All(
            aws.Requests.Single().Json.GetProperty("Records").EnumerateArray(),
            record => Assert.Equal(data, record.GetProperty("Data").GetBytesFromBase64()));
    }

    [Fact]
    public async Task A_session_that_has_run_out_is_renewed_and_the_request_tried_again()
    {
        await using var aws = await FakeAws.StartAsync(
            request => request.AccessKey == "AK1" ? FakeAnswer.Error("ExpiredTokenException") : FakeAnswer.Accepted);
        var client = Client(aws.Url);

        await Assert.ThrowsAsync<RetriableException>(() => PutAsync(client, TestRecords.Record("k", "v")));
        await PutAsync(client, TestRecords.Record("k", "v"));

        Assert.Equal(["AK1", "AK2"], aws.Requests.Select(request => request.AccessKey));
    }

    [Fact]
    public async Task An_access_key_that_is_unknown_is_replaced_or_fails_when_there_is_no_other()
    {
        await using var aws = await FakeAws.StartAsync(
            request => request.AccessKey is "AK1" or "AK2" ? FakeAnswer.Error("UnrecognizedClientException") : FakeAnswer.Accepted);
        var client = Client(aws.Url);

        await Assert.ThrowsAsync<RetriableException>(() => PutAsync(client, TestRecords.Record("k", "v")));
        _origin.StopsAt = 2;

        var refusal = await Assert.ThrowsAsync<KinesisRefusalException>(() => PutAsync(client, TestRecords.Record("k", "v")));
        Assert.Contains("does not know the access key", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("InvalidSignatureException", "Signature expired: 20260314T150926Z is now earlier than …")]
    [InlineData("InvalidSignatureException", "Signature not yet current: …")]
    [InlineData("RequestExpired", "why")]
    public async Task A_wrong_clock_is_corrected_by_the_services(string code, string message)
    {
        var away = DateTimeOffset.UtcNow.AddHours(-5);
        await using var aws = await FakeAws.StartAsync(
            request => request.Headers["X-Amz-Date"].StartsWith(SignatureV4.Format(away)[..11], StringComparison.Ordinal)
                || request.Headers["X-Amz-Date"].StartsWith(SignatureV4.Format(away.AddMinutes(1))[..11], StringComparison.Ordinal)
                ? FakeAnswer.Accepted
                : FakeAnswer.Error(code, message) with { Date = away });
        var client = Client(aws.Url);

        await Assert.ThrowsAsync<RetriableException>(() => PutAsync(client, TestRecords.Record("k", "v")));
        await PutAsync(client, TestRecords.Record("k", "v"));

        // Five hours, give or take what passes meanwhile.
        Assert.Contains(_logger.Lines, line => line.Contains("by -180", StringComparison.Ordinal)
            || line.Contains("by -179", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_asks_for_a_retry()
    {
        var go = new TaskCompletionSource();
        await using var aws = await FakeAws.StartAsync(async _ =>
        {
            await go.Task;
            return FakeAnswer.Accepted;
        });
        var client = Client(aws.Url, TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAsync<RetriableException>(() => PutAsync(client, TestRecords.Record("k", "v")));

        Assert.Contains("200 ms (requestTimeoutMs)", error.Message, StringComparison.Ordinal);
        go.SetResult();
    }

    [Fact]
    public async Task Who_cancels_gets_no_retry()
    {
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var aws = await FakeAws.StartAsync(async _ =>
        {
            arrived.SetResult();
            await go.Task;
            return FakeAnswer.Accepted;
        });
        using var cancellation = new CancellationTokenSource();
        var put = Client(aws.Url)
            .PutRecordsAsync(new TestBatch(TestRecords.Record("k", "v")), partitionAsHashKey: false, cancellation.Token).AsTask();
        await arrived.Task;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        go.SetResult();
    }

    [Fact]
    public async Task A_service_that_is_away_or_hangs_up_asks_for_a_retry()
    {
        var aws = await FakeAws.StartAsync(_ => new(0, ""));
        var url = aws.Url;
        var client = Client(url);
        var hungUp = await Assert.ThrowsAsync<RetriableException>(() => PutAsync(client, TestRecords.Record("k", "v")));
        await aws.DisposeAsync();
        var away = await Assert.ThrowsAsync<RetriableException>(() => PutAsync(client, TestRecords.Record("k", "v")));

        Assert.All(
            (RetriableException[])[hungUp, away], error => Assert.Contains(url, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_tells_its_state_and_its_shards()
    {
        await using var aws = await FakeAws.StartAsync(_ => new(
            200, """{"StreamDescriptionSummary":{"StreamName":"events","StreamStatus":"UPDATING","OpenShardCount":7}}"""));

        Assert.Equal(new StreamSummary("UPDATING", 7), await Client(aws.Url).DescribeStreamSummaryAsync(CancellationToken.None));
        Assert.Equal("events", aws.Requests.Single().Json.GetProperty("StreamName").GetString());
    }

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(200, "<html>")]
    [InlineData(302, "")]
    public async Task An_answer_of_something_else_than_Kinesis_is_an_error(int status, string body)
    {
        await using var aws = await FakeAws.StartAsync(_ => new(status, body));

        await Assert.ThrowsAnyAsync<ConnectException>(() => Client(aws.Url).DescribeStreamSummaryAsync(CancellationToken.None));
    }

    private static async Task PutAsync(KinesisClient client, params SinkRecord[] records)
        => await client.PutRecordsAsync(new TestBatch(records), partitionAsHashKey: false, CancellationToken.None);

    private KinesisClient Client(string url, TimeSpan? timeout = null) => new(
        new(new(url), "us-east-1"), "events", new(_origin, TimeProvider.System), timeout ?? TimeSpan.FromSeconds(30), _logger,
        TimeProvider.System);

    private sealed class Origin : ICredentialsOrigin
    {
        private int _given;

        public int StopsAt { get; set; } = int.MaxValue;

        public Task<LoadedCredentials> LoadAsync(bool refused, CancellationToken cancellationToken)
        {
            _given = Math.Min(_given + 1, StopsAt);
            return Task.FromResult(new LoadedCredentials(
                new($"AK{_given}", "secret", $"token-{_given}"), TimeSpan.FromMinutes(45), TimeSpan.FromHours(1)));
        }
    }
}
