using Exports.Connectors.PubSub.Wire;
using Exports.Connectors.Sdk;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Status = Exports.Connectors.PubSub.Wire.Status;

namespace Exports.Connectors.PubSub.Tests;

public sealed class PublishTests
{
    [Fact]
    public async Task Records_are_published_as_messages_of_one_request()
    {
        await using var service = await ServiceStub.StartAsync();

        await PublishAsync(service, [], Batch.Record("a", "k"), Batch.Record("b"));

        var call = Assert.Single(service.Calls);
        Assert.Equal("Publish", call.Method);
        Assert.Equal("projects/my-project/topics/views", call.Published.Topic);
        Assert.Equal(["a", "b"], call.Published.Messages.Select(message => message.Data.ToStringUtf8()));
        Assert.Equal("topic=projects%2Fmy-project%2Ftopics%2Fviews", call.Headers["x-goog-request-params"]);
        Assert.False(call.Headers.ContainsKey("authorization"));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, typeof(RetriableException))]
    [InlineData(StatusCode.Aborted, typeof(RetriableException))]
    [InlineData(StatusCode.Internal, typeof(RetriableException))]
    [InlineData(StatusCode.Cancelled, typeof(RetriableException))]
    [InlineData(StatusCode.Unknown, typeof(RetriableException))]
    [InlineData(StatusCode.DeadlineExceeded, typeof(RetriableException))]
    [InlineData(StatusCode.ResourceExhausted, typeof(ThrottledException))]
    [InlineData(StatusCode.InvalidArgument, typeof(DataException))]
    [InlineData(StatusCode.OutOfRange, typeof(DataException))]
    [InlineData(StatusCode.NotFound, typeof(ConnectException))]
    [InlineData(StatusCode.PermissionDenied, typeof(ConnectException))]
    [InlineData(StatusCode.Unauthenticated, typeof(ConnectException))]
    [InlineData(StatusCode.FailedPrecondition, typeof(ConnectException))]
    [InlineData(StatusCode.Unimplemented, typeof(ConnectException))]
    [InlineData(StatusCode.DataLoss, typeof(ConnectException))]
    public async Task A_status_says_whether_the_same_may_succeed_later(StatusCode code, System.Type expected)
    {
        await using var service = await ServiceStub.StartAsync();
        service.AnswerWith(StubAnswer.Error(code, "what the service says"));

        var e = await Assert.ThrowsAnyAsync<ConnectException>(() => PublishAsync(service, [], Batch.Record("a")));

        Assert.Equal(expected, e.GetType());
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "projects/my-project/topics/views", "cps.project", "cps.topic")]
    [InlineData(StatusCode.PermissionDenied, "pubsub.topics.publish", "roles/pubsub.publisher", "my words")]
    [InlineData(StatusCode.FailedPrecondition, "encryption key", "storage policy", "my words")]
    public async Task An_error_says_what_to_do(StatusCode code, params string[] parts)
    {
        await using var service = await ServiceStub.StartAsync();
        service.AnswerWith(StubAnswer.Error(code, "my words"));

        var e = await Assert.ThrowsAsync<ConnectException>(() => PublishAsync(service, [], Batch.Record("a")));

        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_says_when_to_come_back_is_heard()
    {
        await using var service = await ServiceStub.StartAsync();
        var details = new Status
        {
            Code = 8,
            Details = { Any.Pack(new Duration()), Any.Pack(new RetryInfo { RetryDelay = new Duration { Seconds = 7 } }) },
        };
        service.AnswerWith(StubAnswer.Error(StatusCode.ResourceExhausted, "quota", details.ToByteArray()));

        var e = await Assert.ThrowsAsync<ThrottledException>(() => PublishAsync(service, [], Batch.Record("a")));
        Assert.Equal(TimeSpan.FromSeconds(7), e.RetryAfter);

        service.AnswerWith(StubAnswer.Error(StatusCode.ResourceExhausted, "quota", [255, 255]));
        Assert.Null((await Assert.ThrowsAsync<ThrottledException>(() => PublishAsync(service, [], Batch.Record("a")))).RetryAfter);
    }

    [Theory]
    [InlineData("grpc: received message larger than max (5000000 vs. 4194304)")]
    [InlineData("gRPC message exceeds maximum size 4194304: 5000000")]
    public async Task A_request_that_is_too_large_for_an_emulator_is_split(string words)
    {
        await using var service = await ServiceStub.StartAsync();
        service.AnswerWith(StubAnswer.Error(StatusCode.ResourceExhausted, words));

        await Assert.ThrowsAsync<DataException>(() => PublishAsync(service, [], Batch.Record("a")));
    }

    [Fact]
    public async Task A_topic_name_that_the_service_does_not_take_is_no_failure_of_the_records()
    {
        await using var service = await ServiceStub.StartAsync();
        service.AnswerWith(StubAnswer.Error(StatusCode.InvalidArgument, "Invalid resource name given"));

        var e = await Assert.ThrowsAnyAsync<ConnectException>(() => PublishAsync(service, [], Batch.Record("a")));

        Assert.IsNotType<DataException>(e);
    }

    [Fact]
    public async Task A_service_that_accepts_fewer_messages_than_were_sent_is_not_believed()
    {
        await using var service = await ServiceStub.StartAsync();
        service.AnswerWith(StubAnswer.Ok(new Tests.Wire.PublishResponse { MessageIds = { "1" } }));

        await Assert.ThrowsAsync<RetriableException>(() => PublishAsync(service, [], Batch.Record("a"), Batch.Record("b")));
    }

    [Fact]
    public async Task Nobody_listening_is_a_failure_that_may_pass_and_says_why()
    {
        var service = await ServiceStub.StartAsync();
        var endpoint = service.Endpoint;
        await service.DisposeAsync();

        var e = await Assert.ThrowsAsync<RetriableException>(() => PublishAsync(endpoint, [], Batch.Record("a")));

        Assert.Contains("refused", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(endpoint.ToString(), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_a_failure_that_may_pass()
    {
        await using var service = await ServiceStub.StartAsync();
        service.Answer = async (call, aborted) =>
        {
            await Task.Delay(Timeout.Infinite, aborted);
            return ServiceStub.Accept(call);
        };

        var e = await Assert.ThrowsAsync<RetriableException>(
            () => PublishAsync(service, [("maxRequestTimeoutMs", "1000")], Batch.Record("a")));

        Assert.Contains("maxRequestTimeoutMs", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_ends_a_request_under_way()
    {
        await using var service = await ServiceStub.StartAsync();
        using var stop = new CancellationTokenSource();
        service.Answer = async (call, aborted) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, aborted);
            return ServiceStub.Accept(call);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PublishAsync(service.Endpoint, [], stop.Token, Batch.Record("a")));
    }

    [Theory]
    [InlineData(2000, 1000, true)]
    [InlineData(200, 1000, false)]
    public async Task Requests_from_a_size_on_are_compressed(int valueBytes, int threshold, bool compressed)
    {
        await using var service = await ServiceStub.StartAsync();
        var value = new string('x', valueBytes);

        await PublishAsync(
            service, [("enableCompression", "true"), ("compressionBytesThreshold", $"{threshold}")], Batch.Record(value));

        var call = Assert.Single(service.Calls);
        Assert.Equal(compressed, call.Compressed);
        Assert.Equal(compressed, call.WireBytes < valueBytes);
        Assert.Equal(value, call.Published.Messages[0].Data.ToStringUtf8());
    }

    [Fact]
    public async Task Requests_are_not_compressed_unless_asked_for()
    {
        await using var service = await ServiceStub.StartAsync();

        await PublishAsync(service, [], Batch.Record(new string('x', 2000)));

        Assert.False(Assert.Single(service.Calls).Compressed);
    }

    [Fact]
    public async Task A_request_as_large_as_is_allowed_arrives()
    {
        await using var service = await ServiceStub.StartAsync();
        var value = new string('x', 9_999_900);

        await PublishAsync(service, [], Batch.Record(value));

        Assert.Equal(value, Assert.Single(service.Calls).Published.Messages[0].Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_connection_that_went_silent_is_given_up_for_a_new_one()
    {
        await using var service = await ServiceStub.StartAsync();
        await using var relay = TcpRelay.Start(service.Port);
        var config = Configs.Parse(("maxRequestTimeoutMs", "1000"));
        using var channel = new ServiceChannel(new("127.0.0.1", relay.Port, Plaintext: true), 1, TimeSpan.FromSeconds(1));
        var client = new TopicClient(channel, config.Endpoint, config.Topic, null, config.RequestTimeout, null);
        await PublishAsync(client, config, default, Batch.Record("before"));
        relay.Freeze();

        // A new connection passes; the one that is there says nothing any more, and nobody closes it.
        for (var tries = 1; ; tries++)
        {
            try
            {
                await PublishAsync(client, config, default, Batch.Record("after"));
                break;
            }
            catch (RetriableException)
            {
                Assert.InRange(tries, 1, 10);
            }
        }

        Assert.Equal(2, relay.Connections);
    }

    [Fact]
    public async Task A_task_delivers_what_it_is_given_and_keeps_the_order_of_each_key()
    {
        await using var service = await ServiceStub.StartAsync();
        var failing = 0;
        service.Answer = (call, _) => Task.FromResult(
            Interlocked.Increment(ref failing) % 5 == 0 ? StubAnswer.Error(StatusCode.Unavailable, "now and then") : ServiceStub.Accept(call));
        var task = await StartTaskAsync(service, ("orderingKeySource", "key"), ("maxBufferSize", "7"), ("delayThresholdMs", "5"));
        try
        {
            var records = Enumerable.Range(0, 1000).Select(i => Batch.Record($"{i}", $"k{i % 13}") with { Offset = i }).ToArray();
            foreach (var chunk in records.Chunk(50))
                await task.PutAsync(new Batch(chunk), default);
        }
        finally
        {
            await task.StopAsync();
        }

        Assert.All(service.Calls, call => Assert.Single(call.Published.Messages.Select(message => message.OrderingKey).Distinct()));
        foreach (var key in service.Calls.SelectMany(call => call.Published.Messages).GroupBy(message => message.OrderingKey))
        {
            var values = key.Select(message => int.Parse(message.Data.ToStringUtf8())).Distinct().ToList();
            Assert.Equal(values.Order(), values);
        }

        Assert.Equal(
            Enumerable.Range(0, 1000),
            service.Calls.SelectMany(call => call.Published.Messages).Select(message => int.Parse(message.Data.ToStringUtf8())).Distinct().Order());
    }

    [Fact]
    public async Task The_record_that_the_service_refuses_is_found_and_the_others_are_delivered()
    {
        await using var service = await ServiceStub.StartAsync();
        service.Answer = (call, _) => Task.FromResult(
            call.Published.Messages.Any(message => message.Data.ToStringUtf8() == "13")
                ? StubAnswer.Error(StatusCode.InvalidArgument, "does not match the topic's schema")
                : ServiceStub.Accept(call));
        var task = await StartTaskAsync(service, ("delayThresholdMs", "5"));
        try
        {
            var e = await Assert.ThrowsAsync<RecordsFailedException>(
                async () => await task.PutAsync(new Batch([.. Enumerable.Range(0, 20).Select(i => Batch.Record($"{i}"))]), default));

            var failure = Assert.Single(e.Failures);
            Assert.Equal(13, failure.Index);
            Assert.False(failure.CanRetry);
            Assert.Contains("schema", failure.Error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await task.StopAsync();
        }
    }

    [Fact]
    public async Task Tasks_to_one_address_share_its_connections()
    {
        await using var service = await ServiceStub.StartAsync();
        using var first = ServiceChannel.Share(service.Endpoint);
        using var second = ServiceChannel.Share(service.Endpoint);
        Assert.Same(first.Value, second.Value);
        first.Dispose();
        first.Dispose();

        using var third = ServiceChannel.Share(service.Endpoint);
        Assert.Same(second.Value, third.Value);
        second.Dispose();
        third.Dispose();

        using var fourth = ServiceChannel.Share(service.Endpoint);
        Assert.NotSame(third.Value, fourth.Value);
    }

    private static async Task<SinkTask> StartTaskAsync(ServiceStub service, params (string Key, string Value)[] config)
    {
        var task = new PubSubSinkConnector().CreateTask();
        var all = Configs.Of([("cps.useEmulator", "true"), ("cps.endpoint", service.Endpoint.ToString()), .. config]);
        using var environment = new EnvironmentVariables(("PUBSUB_EMULATOR_HOST", null));
        await task.StartAsync(new("views", 0, all, NullLogger.Instance, TimeProvider.System), default);
        return task;
    }

    private static Task PublishAsync(ServiceStub service, (string Key, string Value)[] config, params SinkRecord[] records)
        => PublishAsync(service.Endpoint, config, records);

    private static Task PublishAsync(ServiceEndpoint endpoint, (string Key, string Value)[] config, params SinkRecord[] records)
        => PublishAsync(endpoint, config, CancellationToken.None, records);

    private static async Task PublishAsync(
        ServiceEndpoint endpoint, (string Key, string Value)[] config, CancellationToken cancellationToken, params SinkRecord[] records)
    {
        var parsed = Configs.Parse(config);
        using var channel = ServiceChannel.Share(endpoint);
        var client = new TopicClient(channel.Value, endpoint, parsed.Topic, null, parsed.RequestTimeout, parsed.CompressFrom);
        await PublishAsync(client, parsed, cancellationToken, records);
    }

    private static async Task PublishAsync(
        TopicClient client, PubSubSinkConfig config, CancellationToken cancellationToken, params SinkRecord[] records)
    {
        var encoder = new MessageEncoder(config);
        for (var i = 0; i < records.Length; i++)
            encoder.Encode(ref records[i]);
        await client.PublishAsync(PublishCall.For(encoder.TopicField, new Batch(records)), cancellationToken);
    }
}
