using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class TaskTests : IAsyncDisposable
{
    private const string Role = "arn:aws:iam::123456789012:role/writer";

    private readonly ListLogger _logger = new();
    private readonly List<SinkTask> _tasks = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var task in _tasks)
            await task.StopAsync();
    }

    [Fact]
    public async Task Every_record_arrives_once_and_keys_stay_in_order_while_the_stream_refuses_some()
    {
        var stream = new FakeStream(seed: 7, refused: 0.2);
        await using var aws = await FakeAws.StartAsync(stream.Put);
        var task = await StartAsync(aws, ("maxBufferedTime", "0"), ("maxRequestRecords", "50"));

        await Delivery.PutAllAsync(task, records: 2000, keys: 100);

        Assert.Equal(100, stream.Accepted.Count);
        Assert.All(stream.Accepted.Values, data => Assert.Equal(Enumerable.Range(0, 20).Select(Delivery.Number), data));
        Assert.All(stream.RequestSizes, size => Assert.InRange(size, 1, 50));
    }

    [Fact]
    public async Task Without_order_every_record_arrives_once_as_well()
    {
        var stream = new FakeStream(seed: 8, refused: 0.2);
        await using var aws = await FakeAws.StartAsync(stream.Put);
        var task = await StartAsync(aws, ("maxBufferedTime", "0"), ("ordered", "false"));

        await Delivery.PutAllAsync(task, records: 2000, keys: 3);

        Assert.Equal(3, stream.Accepted.Count);
        Assert.Equal(2000, stream.Accepted.Values.Sum(data => data.Distinct().Count()));
        Assert.Equal(2000, stream.Accepted.Values.Sum(data => data.Count));
    }

    [Fact]
    public async Task Records_without_a_key_spread_over_the_shards()
    {
        var stream = new FakeStream(seed: 9, refused: 0);
        await using var aws = await FakeAws.StartAsync(stream.Put);
        var task = await StartAsync(aws, ("maxBufferedTime", "0"));

        await task.PutAsync(
            new TestBatch([.. Enumerable.Range(0, 300).Select(i => TestRecords.Record(null, "v", partition: 1, offset: i))]),
            CancellationToken.None);

        Assert.Equal(300, stream.Accepted.Count);
    }

    [Fact]
    public async Task A_record_that_the_service_refuses_is_found_and_the_others_arrive()
    {
        var stream = new FakeStream(seed: 10, refused: 0);
        await using var aws = await FakeAws.StartAsync(request => request.Body.Contains(
            Convert.ToBase64String("bad"u8), StringComparison.Ordinal)
            ? FakeAnswer.Error("ValidationException", "1 validation error detected")
            : stream.Put(request));
        var task = await StartAsync(aws, ("maxBufferedTime", "0"), ("maxRecordBytes", "100"));
        var tooLarge = new string('x', 101);
        string[] values = ["a", "b", "bad", "c", tooLarge, "d"];

        var failure = await Assert.ThrowsAsync<RecordsFailedException>(async () => await task.PutAsync(
            new TestBatch([.. values.Select((value, i) => TestRecords.Record($"k{i}", value, offset: i))]), CancellationToken.None));

        Assert.Equal([2, 4], failure.Failures.Select(one => one.Index));
        Assert.All(failure.Failures, one => Assert.False(one.CanRetry));
        Assert.Contains("ValidationException", failure.Failures[0].Error.Message, StringComparison.Ordinal);
        Assert.Contains("maxRecordBytes", failure.Failures[1].Error.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c", "d"], stream.Accepted.Values.SelectMany(data => data).Order());
    }

    [Fact]
    public async Task A_session_that_runs_out_is_renewed_without_the_task_failing()
    {
        var stream = new FakeStream(seed: 11, refused: 0);
        var sessions = 0;
        await using var aws = await FakeAws.StartAsync(request => request.Action switch
        {
            "AssumeRole" => FakeAnswer.Session($"ASIA{Interlocked.Increment(ref sessions)}"),
            _ when request.AccessKey == "ASIA1" => FakeAnswer.Error("ExpiredTokenException"),
            _ => stream.Put(request),
        });
        var task = await StartAsync(aws, ("maxBufferedTime", "0"), ("roleARN", Role), ("stsEndpoint", aws.Url));

        await Delivery.PutAllAsync(task, records: 100, keys: 10);

        Assert.Equal(100, stream.Accepted.Values.Sum(data => data.Count));
        Assert.Equal(2, aws.Count("AssumeRole"));
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_fails_the_start()
    {
        await using var aws = await FakeAws.StartAsync(_ => FakeAnswer.StsError("AccessDenied", "No."));

        var error = await Assert.ThrowsAsync<ConnectException>(() => StartAsync(aws, ("roleARN", Role), ("stsEndpoint", aws.Url)));

        Assert.Contains("may not be assumed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_fails_the_task_and_names_stream_region_and_endpoint()
    {
        await using var aws = await FakeAws.StartAsync(_ => FakeAnswer.Error("ResourceNotFoundException"));
        var task = await StartAsync(aws, ("maxBufferedTime", "0"));

        var error = await Assert.ThrowsAnyAsync<ConnectException>(() => Delivery.PutAllAsync(task, records: 1, keys: 1));

        Assert.IsNotType<RetriableException>(error, exactMatch: false);
        foreach (var part in (string[])["events", "us-east-1", aws.Url])
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pace_is_kept_by_what_the_stream_has_of_shards()
    {
        var stream = new FakeStream(seed: 12, refused: 0);
        await using var aws = await FakeAws.StartAsync(request => request.Action == "DescribeStreamSummary"
            ? new(200, """{"StreamDescriptionSummary":{"StreamStatus":"ACTIVE","OpenShardCount":2}}""")
            : stream.Put(request));
        var task = await StartAsync(aws, ("maxBufferedTime", "0"), ("rateLimit", "10"), ("maxRequestRecords", "10"));
        var started = TimeProvider.System.GetTimestamp();

        await Delivery.PutAllAsync(task, records: 101, keys: 101);

        // 200 a second; the first request goes at once.
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(0.4));
        Assert.Equal(101, stream.Accepted.Count);
        Assert.Equal(1, aws.Count("DescribeStreamSummary"));
    }

    [Fact]
    public async Task An_idle_task_asks_for_nothing()
    {
        await using var aws = await FakeAws.StartAsync(_ => FakeAnswer.Session("ASIA1"));
        var task = await StartAsync(aws, ("roleARN", Role), ("stsEndpoint", aws.Url));
        _tasks.Remove(task);
        await task.StopAsync();

        Assert.Equal("AssumeRole", Assert.Single(aws.Requests).Action);
    }

    [Fact]
    public async Task Keys_without_effect_are_named_in_the_log()
    {
        await using var aws = await FakeAws.StartAsync(_ => FakeAnswer.Accepted);
        await StartAsync(aws, ("roleSessionName", "me"));

        Assert.Equal(["roleSessionName has no effect: there is no roleARN."], _logger.Lines);
    }

    private async Task<SinkTask> StartAsync(FakeAws aws, params (string, string)[] keys)
    {
        var task = new KinesisSinkConnector().CreateTask();
        _tasks.Add(task);
        await task.StartAsync(
            new("orders", 0, TestConfig.Of([(KinesisKeys.Endpoint, aws.Url), .. keys]), _logger, TimeProvider.System) { ToleratesErrors = true },
            CancellationToken.None);
        return task;
    }
}
