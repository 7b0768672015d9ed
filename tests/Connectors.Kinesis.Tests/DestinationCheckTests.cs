namespace Exports.Connectors.Kinesis.Tests;

public sealed class DestinationCheckTests
{
    private const string Role = "arn:aws:iam::123456789012:role/writer";

    private static readonly FakeAnswer s_active = Summary("ACTIVE");
    private static readonly FakeAnswer s_nowhere = FakeAnswer.Error("InvalidArgumentException", "Invalid ExplicitHashKey.");

    [Fact]
    public async Task All_is_well_and_nothing_was_written()
    {
        await using var aws = await FakeAws.StartAsync(Answers(s_nowhere, s_active));

        Assert.Empty(await CheckAsync(aws));

        var put = aws.Requests.Single(request => request.Action == "PutRecords");
        var record = Assert.Single(put.Json.GetProperty("Records").EnumerateArray());
        // 2^128, one beyond the last hash key that a shard can have.
        Assert.Equal("340282366920938463463374607431768211456", record.GetProperty("ExplicitHashKey").GetString());
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_told_at_its_key()
    {
        await using var aws = await FakeAws.StartAsync(Answers(FakeAnswer.Error("ResourceNotFoundException"), s_active));

        var (key, message) = Assert.Single(await CheckAsync(aws));

        Assert.Equal("streamName", key);
        Assert.Contains("no stream events", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATING")]
    [InlineData("DELETING")]
    public async Task A_stream_that_takes_no_records_is_told(string status)
    {
        await using var aws = await FakeAws.StartAsync(Answers(s_nowhere, Summary(status)));

        var (key, message) = Assert.Single(await CheckAsync(aws));

        Assert.Equal("streamName", key);
        Assert.Contains(status, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_write_is_told_at_the_role()
    {
        await using var aws = await FakeAws.StartAsync(Answers(FakeAnswer.Error("AccessDeniedException"), s_active));

        var (key, message) = Assert.Single(await CheckAsync(aws));

        Assert.Equal("roleARN", key);
        Assert.Contains("kinesis:PutRecords", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_write_but_not_describe_is_fine_unless_the_pace_needs_it()
    {
        await using var aws = await FakeAws.StartAsync(Answers(s_nowhere, FakeAnswer.Error("AccessDeniedException")));

        Assert.Empty(await CheckAsync(aws));
        var (key, message) = Assert.Single(await CheckAsync(aws, (KinesisKeys.RateLimit, "50")));

        Assert.Equal("rateLimit", key);
        Assert.Contains("kinesis:DescribeStreamSummary", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_is_told_at_its_key()
    {
        await using var aws = await FakeAws.StartAsync(_ => FakeAnswer.StsError("AccessDenied", "No."));

        var (key, message) = Assert.Single(
            await CheckAsync(aws, (KinesisKeys.RoleArn, Role), (KinesisKeys.StsEndpoint, aws.Url)));

        Assert.Equal("roleARN", key);
        Assert.Contains("may not be assumed: AccessDenied: No.", message, StringComparison.Ordinal);
        Assert.Equal(0, aws.Count("PutRecords"));
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_told_at_its_key()
    {
        var aws = await FakeAws.StartAsync(Answers(s_nowhere, s_active));
        var url = aws.Url;
        await aws.DisposeAsync();

        var (key, message) = Assert.Single(await CheckAsync(url));

        Assert.Equal("kinesisEndpoint", key);
        Assert.Contains(url, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_clock_and_a_busy_service_are_no_errors()
    {
        var asked = 0;
        await using var aws = await FakeAws.StartAsync(request => (request.Action, Interlocked.Increment(ref asked)) switch
        {
            (_, 1) => FakeAnswer.Error("InvalidSignatureException", "Signature expired") with
            {
                Date = DateTimeOffset.UtcNow.AddHours(1),
            },
            ("PutRecords", _) => FakeAnswer.Error("LimitExceededException"),
            _ => s_active,
        });

        Assert.Empty(await CheckAsync(aws));
    }

    private static FakeAnswer Summary(string status)
        => new(200, $$$"""{"StreamDescriptionSummary":{"StreamStatus":"{{{status}}}","OpenShardCount":1}}""");

    private static Func<FakeRequest, FakeAnswer> Answers(FakeAnswer put, FakeAnswer describe)
        => request => request.Action == "PutRecords" ? put : describe;

    private static Task<IReadOnlyList<(string Key, string Message)>> CheckAsync(FakeAws aws, params (string, string)[] keys)
        => CheckAsync(aws.Url, keys);

    private static Task<IReadOnlyList<(string Key, string Message)>> CheckAsync(string url, params (string, string)[] keys)
        => new KinesisSinkConnector().CheckDestinationAsync(
            TestConfig.Of([(KinesisKeys.Endpoint, url), .. keys]), CancellationToken.None);
}
