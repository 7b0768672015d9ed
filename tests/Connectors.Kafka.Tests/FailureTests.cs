using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Exports.Kafka.Client.Settings.Tests;

namespace Exports.Connectors.Kafka.Tests;

public sealed class FailureTests
{
    private const short Produce = 0;
    private const ErrorCode InvalidRecord = (ErrorCode)87;

    [Fact]
    public async Task A_record_that_is_too_large_for_the_client_fails_and_the_others_are_delivered()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.max.request.size", "10000"));
        var large = Batch.Record("orders", 0, 1, value: new string('x', 20_000));

        var e = await Assert.ThrowsAsync<RecordsFailedException>(
            () => sink.PutAsync(new Batch(Batch.Record("orders", 0, 0), large, Batch.Record("orders", 0, 2))));

        var failure = Assert.Single(e.Failures);
        Assert.Equal((1, false), (failure.Index, failure.CanRetry));
        Assert.Contains("orders-0@1", failure.Error.Message, StringComparison.Ordinal);
        Assert.Contains("20000 bytes", failure.Error.Message, StringComparison.Ordinal);
        Assert.Equal([0, 2], Target.Offsets(Target.Read(kafka, "orders", 1, 2), 0));
    }

    [Fact]
    public async Task A_record_that_the_broker_refuses_fails_alone_and_those_behind_it_are_delivered()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka);
        await sink.PutAsync(Batch.Of("orders", 0, 0, 1));
        kafka.InjectErrors(Produce, ErrorCode.MsgSizeTooLarge);

        var refused = sink.PutAsync(Batch.Of("orders", 0, 1, 1));
        var e = await Assert.ThrowsAsync<RecordsFailedException>(() => refused);
        await sink.PutAsync(Batch.Of("orders", 0, 2, 3));

        Assert.Equal((0, false), (Assert.Single(e.Failures).Index, e.Failures[0].CanRetry));
        Assert.Contains("too large", e.Failures[0].Error.Message, StringComparison.Ordinal);
        Assert.Equal([0, 2, 3, 4], Target.Offsets(Target.Read(kafka, "orders", 1, 4), 0));
    }

    [Fact]
    public async Task A_set_that_is_too_large_is_sent_again_in_smaller_ones()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.linger.ms", "20"));
        // Refused as a whole, then in its first half.
        kafka.InjectErrors(Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);

        await sink.PutAsync(Batch.Of("orders", 0, 0, 1000));

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), Target.Offsets(Target.Read(kafka, "orders", 1, 1000), 0));
    }

    [Theory]
    [InlineData(ErrorCode.InvalidTimestamp)]
    [InlineData(InvalidRecord)]
    public async Task The_record_for_which_a_set_is_refused_is_found(ErrorCode error)
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.linger.ms", "20"));
        // The set; then, one by one, the first record passes and the second is refused.
        kafka.InjectErrors(Produce, error, ErrorCode.NoError, error);
        var behind = Batch.Of("orders", 0, 20, 5);

        var put = sink.PutAsync(Batch.Of("orders", 0, 0, 20));
        var next = sink.PutAsync(behind);
        var e = await Assert.ThrowsAsync<RecordsFailedException>(() => put);
        await next;

        Assert.Equal((1, false), (Assert.Single(e.Failures).Index, e.Failures[0].CanRetry));
        Assert.Equal(
            Enumerable.Range(0, 25).Where(i => i != 1).Select(i => (long)i),
            Target.Offsets(Target.Read(kafka, "orders", 1, 24), 0));
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas)]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    [InlineData(ErrorCode.RequestTimedOut)]
    [InlineData(ErrorCode.Local_Transport)]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(ErrorCode.UnknownProducerId)]
    [InlineData(ErrorCode.InvalidProducerEpoch)]
    public async Task Passing_errors_of_the_broker_leave_no_gap_and_no_disorder(ErrorCode error)
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 2));
        await using var sink = await Sink.StartAsync(kafka);
        await sink.PutAsync(new Batch(Batch.Record("orders", 0, 0), Batch.Record("orders", 1, 0)));
        var puts = new Queue<Task>();
        for (var b = 0; b < 40; b++)
        {
            if (b % 10 == 5)
                kafka.InjectErrors(Produce, error, error);
            var records = from i in Enumerable.Range(1 + b * 25, 25)
                          from p in Enumerable.Range(0, 2)
                          select Batch.Record("orders", p, i);
            puts.Enqueue(sink.PutAsync(new Batch([.. records])));
            if (puts.Count == sink.Task.MaxInFlight)
                await puts.Dequeue();
        }

        await Task.WhenAll(puts);

        var found = Target.Read(kafka, "orders", 2, f => f.Count(r => r.Value == "1000") >= 2);
        for (var p = 0; p < 2; p++)
            Assert.Equal(Enumerable.Range(0, 1001).Select(i => (long)i), Target.Offsets(found, p).Distinct());
    }

    [Fact]
    public async Task Nothing_is_missing_or_out_of_order_when_brokers_go_down_and_come_back()
    {
        const int batches = 200;
        using var kafka = EmbeddedKafka.Start(2, ("orders", 4));
        await using var sink = await Sink.StartAsync(kafka);
        var puts = new Queue<Task>();
        for (var b = 0; b < batches; b++)
        {
            switch (b % 50)
            {
                case 10:
                    kafka.SetDown();
                    break;
                case 14:
                    kafka.SetUp();
                    break;
                case 30:
                    kafka.SetBrokerDown(1);
                    break;
                case 35:
                    kafka.SetBrokerUp(1);
                    break;
            }

            var records = from i in Enumerable.Range(b * 20, 20)
                          from p in Enumerable.Range(0, 4)
                          select Batch.Record("orders", p, i);
            puts.Enqueue(sink.PutAsync(new Batch([.. records])));
            // During an outage nothing is awaited, so that it ends.
            while (puts.Count >= sink.Task.MaxInFlight && b % 50 is not ((>= 10 and < 14) or (>= 30 and < 35)))
                await puts.Dequeue().WaitAsync(TimeSpan.FromSeconds(60));
        }

        await Task.WhenAll(puts).WaitAsync(TimeSpan.FromSeconds(60));

        var found = Target.Read(kafka, "orders", 4, batches * 80);
        for (var p = 0; p < 4; p++)
            Assert.Equal(Enumerable.Range(0, batches * 20).Select(i => (long)i), Target.Offsets(found, p));
    }

    [Fact]
    public async Task An_unreachable_target_asks_for_a_retry_and_order_is_kept_when_it_comes_back()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.delivery.timeout.ms", "3000"));
        await Retry(() => sink.PutAsync(Batch.Of("orders", 0, 0, 10)));
        kafka.SetDown();
        var second = Batch.Of("orders", 0, 10, 10);
        var third = Batch.Of("orders", 0, 20, 10);
        var fourth = Batch.Of("orders", 0, 30, 10);

        Task[] failed = [sink.PutAsync(second), sink.PutAsync(third)];
        foreach (var put in failed)
        {
            var e = await Assert.ThrowsAsync<RetriableException>(() => put);
            Assert.Contains("target.delivery.timeout.ms=3000", e.Message, StringComparison.Ordinal);
        }

        kafka.SetUp();
        // The pipeline may hand in a later batch before it has seen that earlier ones failed: it must not overtake them.
        await Assert.ThrowsAsync<RetriableException>(() => sink.PutAsync(fourth));
        await Retry(() => sink.PutAsync(second));
        await Retry(() => sink.PutAsync(third));
        await Retry(() => sink.PutAsync(fourth));

        var found = Target.Offsets(Target.Read(kafka, "orders", 1, f => f.Exists(r => r.Value == "39")), 0);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), found.Distinct());
    }

    [Fact]
    public async Task What_was_delivered_of_a_failed_batch_need_not_come_again()
    {
        using var kafka = EmbeddedKafka.Start(2, ("orders", 2));
        kafka.SetLeader("orders", 0, 1);
        kafka.SetLeader("orders", 1, 2);
        await using var sink = await Sink.StartAsync(kafka, ("target.delivery.timeout.ms", "3000"));
        await Retry(() => sink.PutAsync(new Batch(Batch.Record("orders", 0, 0), Batch.Record("orders", 1, 0))));
        kafka.SetBrokerDown(2);

        var e = await Assert.ThrowsAsync<RecordsFailedException>(() => sink.PutAsync(
            new Batch(Batch.Record("orders", 0, 1), Batch.Record("orders", 1, 1), Batch.Record("orders", 0, 2))));

        Assert.Equal((1, true), (Assert.Single(e.Failures).Index, e.Failures[0].CanRetry));
        Assert.IsType<RetriableException>(e.Failures[0].Error);
        Assert.Equal([0, 1, 2], Target.Offsets(Target.Read(kafka, "orders", 1, 3), 0));
    }

    [Fact]
    public async Task A_topic_that_may_not_be_written_fails_the_task_and_is_named()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka);
        kafka.InjectErrors(Produce, ErrorCode.TopicAuthorizationFailed);

        var e = await Assert.ThrowsAsync<ConnectException>(() => sink.PutAsync(Batch.Of("orders", 0, 0, 5)));

        Assert.Contains("'orders'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_is_refused_fails_the_task_without_showing_the_password()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var front = new SecureFront(kafka.BootstrapServers) { Login = ("me", "right") };
        await using var sink = await Sink.StartAsync(
            kafka, ("target.bootstrap.servers", front.Address), ("target.security.protocol", "SASL_PLAINTEXT"),
            ("target.sasl.mechanism", "PLAIN"),
            ("target.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"me\" password=\"geheim\";"));

        var e = await Assert.ThrowsAsync<ConnectException>(
            () => sink.PutAsync(Batch.Of("orders", 0, 0, 5)).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Contains("refuses the login", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_that_the_target_lacks_is_named_soon()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(
            kafka, ("target.topic", "elsewhere"), ("target.allow.auto.create.topics", "false"), ("target.max.block.ms", "300"));

        var e = await Assert.ThrowsAsync<RetriableException>(() => sink.PutAsync(Batch.Of("orders", 0, 0, 5)));
        Assert.Contains("no topic 'elsewhere'", e.Message, StringComparison.Ordinal);

        kafka.CreateTopic("elsewhere", 1);
        await Retry(() => sink.PutAsync(Batch.Of("orders", 0, 0, 5)));
        Assert.Equal([0, 1, 2, 3, 4], Target.Offsets(Target.Read(kafka, "elsewhere", 1, 5), 0));
    }

    [Fact]
    public async Task A_target_with_fewer_partitions_is_refused_with_both_numbers()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 2));
        await using var sink = await Sink.StartAsync(kafka);

        var e = await Assert.ThrowsAsync<ConnectException>(() => sink.PutAsync(Batch.Of("orders", 5, 0, 5)));

        Assert.Contains("has 2 partitions", e.Message, StringComparison.Ordinal);
        Assert.Contains("at least 6", e.Message, StringComparison.Ordinal);
        Assert.Contains("target.partitioner=key", e.Message, StringComparison.Ordinal);
        // The same again, now that the client knows the topic.
        await Assert.ThrowsAsync<ConnectException>(() => sink.PutAsync(
            new Batch(Batch.Record("orders", 0, 0), Batch.Record("orders", 7, 0))));
    }

    [Fact]
    public async Task Errors_that_do_not_pass_are_handed_on_within_the_time_limit()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.delivery.timeout.ms", "2000"));
        kafka.InjectErrors(Produce, [.. Enumerable.Repeat(ErrorCode.InvalidProducerEpoch, 1000)]);

        await Assert.ThrowsAsync<RetriableException>(() => sink.PutAsync(Batch.Of("orders", 0, 0, 5)));

        kafka.ClearErrors(Produce);
        await Retry(() => sink.PutAsync(Batch.Of("orders", 0, 0, 5)));
        Assert.Equal([0, 1, 2, 3, 4], Target.Offsets(Target.Read(kafka, "orders", 1, 5), 0));
    }

    [Fact]
    public async Task Without_idempotence_acks_can_be_fewer()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.acks", "1"));
        kafka.InjectErrors(Produce, ErrorCode.NoError, ErrorCode.NotLeaderForPartition);

        for (var b = 0; b < 5; b++)
            await sink.PutAsync(Batch.Of("orders", 0, b * 10, 10));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), Target.Offsets(Target.Read(kafka, "orders", 1, 50), 0));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task No_record_overtakes_another_whatever_goes_wrong(int seed)
    {
        const int batches = 120;
        const int partitions = 3;
        var random = new Random(seed);
        using var kafka = EmbeddedKafka.Start(2, ("orders", partitions));
        await using var sink = await Sink.StartAsync(kafka, ("target.delivery.timeout.ms", "1000"));
        var driver = new Driver(sink.Task, random);

        await driver.DeliverAsync(Batches());

        kafka.SetUp();
        var last = $"{batches * 20 - 1}";
        var found = Target.Read(
            kafka, "orders", partitions,
            f => f.Where(r => r.Value == last).Select(r => r.Partition).Distinct().Count() == partitions);
        for (var p = 0; p < partitions; p++)
        {
            // What was sent twice may be there twice, but never ahead of what came before it.
            Assert.Equal(Enumerable.Range(0, batches * 20).Select(i => (long)i), Target.Offsets(found, p).Distinct());
        }

        IEnumerable<Batch> Batches()
        {
            for (var b = 0; b < batches; b++)
            {
                Harm();
                yield return new Batch([.. from i in Enumerable.Range(b * 20, 20)
                                           from p in Enumerable.Range(0, partitions)
                                           select Batch.Record("orders", p, i)]);
            }
        }

        void Harm()
        {
            switch (random.Next(40))
            {
                case 0:
                    kafka.InjectErrors(Produce, ErrorCode.Local_Transport, ErrorCode.NotEnoughReplicas);
                    break;
                case 1:
                    kafka.InjectErrors(Produce, ErrorCode.NoError, ErrorCode.OutOfOrderSequenceNumber);
                    break;
                case 2:
                    kafka.InjectErrors(Produce, ErrorCode.NoError, ErrorCode.Unknown);
                    break;
                case 3:
                    kafka.InjectErrors(Produce, ErrorCode.InvalidMsg);
                    break;
                case 4:
                    var broker = random.Next(1, 3);
                    kafka.SetBrokerDown(broker);
                    _ = Task.Delay(random.Next(50, 1500)).ContinueWith(
                        _ => kafka.SetBrokerUp(broker), TaskContinuationOptions.ExecuteSynchronously);
                    break;
            }
        }
    }

    public static TheoryData<int> Seeds()
        => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("SEEDS") ?? "2"))];

    /// <summary>As the pipeline does: again, as long as a retry can help.</summary>
    private static async Task Retry(Func<Task> put)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await put();
                return;
            }
            catch (RetriableException) when (attempt < 30)
            {
            }
        }
    }
}
