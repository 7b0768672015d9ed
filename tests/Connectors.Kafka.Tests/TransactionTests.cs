using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using TopicPartition = Exports.Connectors.Sdk.TopicPartition;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>Exactly once, against a mock cluster behind a transaction coordinator of the tests.</summary>
public sealed class TransactionTests : IAsyncDisposable
{
    private static readonly TopicPartition s_orders = new("orders", 0);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(1, ("orders", 4));
    private readonly TransactionFront _front;

    public TransactionTests() => _front = new TransactionFront(_kafka.BootstrapServers);

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        _kafka.Dispose();
    }

    [Fact]
    public async Task A_position_is_committed_with_its_records_and_found_by_the_next_task()
    {
        await using (var first = await StartAsync())
        {
            Assert.Empty(await OpenAsync(first, s_orders, new("orders", 1)));
            await first.PutAsync(new Batch(
                Batch.Record("orders", 0, 5), Batch.Record("orders", 1, 7), Batch.Record("orders", 0, 6), Batch.Record("orders", 1, 9)));
        }

        await using var second = await StartAsync();
        var positions = await OpenAsync(second, s_orders, new("orders", 1), new("orders", 2));

        Assert.Equal([(s_orders, 7L), (new("orders", 1), 10L)], positions.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
        var found = Read(4, 4);
        Assert.Equal([5, 6], Target.Offsets(found, 0));
        Assert.Equal([7, 9], Target.Offsets(found, 1));
    }

    [Fact]
    public async Task Puts_that_come_while_a_transaction_is_under_way_share_the_next_one()
    {
        await using var sink = await StartAsync();
        await OpenAsync(sink, s_orders);
        _kafka.SetLatency(1, TimeSpan.FromMilliseconds(100));
        var first = sink.PutAsync(Batch.Of("orders", 0, 0, 1));
        await UntilAsync(() => _front.CountOf(TransactionFront.AddPartitions) > 0);

        await Task.WhenAll([first, .. Enumerable.Range(1, 7).Select(i => sink.PutAsync(Batch.Of("orders", 0, i, 1)))]);

        Assert.Equal(2, _front.CountOf(TransactionFront.EndTransaction));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Target.Offsets(Read(1, 8), 0));
    }

    [Fact]
    public async Task A_task_that_another_has_taken_over_from_writes_nothing_more()
    {
        await using var zombie = await StartAsync();
        await OpenAsync(zombie, s_orders);
        await zombie.PutAsync(Batch.Of("orders", 0, 0, 5));
        await using var heir = await StartAsync();
        Assert.Equal(5, (await OpenAsync(heir, s_orders))[s_orders]);

        var e = await Assert.ThrowsAnyAsync<ConnectException>(() => zombie.PutAsync(Batch.Of("orders", 0, 5, 5)));
        await heir.PutAsync(Batch.Of("orders", 0, 5, 10));

        Assert.IsNotType<RetriableException>(e);
        Assert.Contains("Another task has taken over orders-0", e.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (long)i), Target.Offsets(Read(1, 15), 0));
    }

    [Fact]
    public async Task An_operator_moves_the_positions_that_the_target_keeps_and_fences_whoever_writes()
    {
        TopicPartition[] partitions = [s_orders, new("orders", 1), new("orders", 2)];
        await using var zombie = await StartAsync();
        await OpenAsync(zombie, partitions);
        await zombie.PutAsync(new Batch(Batch.Record("orders", 0, 5), Batch.Record("orders", 1, 7)));

        // Back, forgotten, and one that had none.
        var config = new Dictionary<string, string>
        {
            ["name"] = "copy",
            ["topics"] = "orders",
            ["target.bootstrap.servers"] = _front.Address,
            ["exactly.once"] = "true",
        };
        var offsets = new Dictionary<TopicPartition, long?> { [partitions[0]] = 2, [partitions[1]] = null, [partitions[2]] = 4 };
        for (var repetition = 0; repetition < 2; repetition++)
            Assert.True(await new KafkaSinkConnector().AlterOffsetsAsync(config, offsets, CancellationToken.None));

        await Assert.ThrowsAnyAsync<ConnectException>(() => zombie.PutAsync(Batch.Of("orders", 0, 6, 1)));
        await using var heir = await StartAsync();
        var positions = await OpenAsync(heir, partitions);
        Assert.Equal([(partitions[0], 2L), (partitions[2], 4L)], positions.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
        await heir.PutAsync(new Batch(Batch.Record("orders", 0, 2), Batch.Record("orders", 1, 0)));
        Assert.Equal(4, Read(4, 4).Count);
    }

    [Fact]
    public async Task A_producer_that_the_target_has_fenced_stops_at_once()
    {
        await using var sink = await StartAsync();
        await OpenAsync(sink, s_orders);
        _kafka.InjectErrors(TransactionFront.Produce, ErrorCode.InvalidProducerEpoch);

        var e = await Assert.ThrowsAnyAsync<ConnectException>(() => sink.PutAsync(Batch.Of("orders", 0, 0, 1)));

        Assert.IsNotType<RetriableException>(e);
        Assert.Contains("Another task has taken over orders-0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_whose_producer_was_idle_notices_that_another_has_taken_over()
    {
        var time = new LifeTests.Clock();
        await using var zombie = await StartAsync(time);
        await OpenAsync(zombie, s_orders);
        await zombie.PutAsync(Batch.Of("orders", 0, 0, 5));
        time.Add(TimeSpan.FromMinutes(10));
        await UntilAsync(() => zombie.Task.Transactions.OpenProducers == 0);
        await using (var heir = await StartAsync())
        {
            await OpenAsync(heir, s_orders);
            await heir.PutAsync(Batch.Of("orders", 0, 5, 5));
        }

        var e = await Assert.ThrowsAnyAsync<ConnectException>(() => zombie.PutAsync(Batch.Of("orders", 0, 5, 5)));

        Assert.Contains("its position is 10, and this task left it at 5", e.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), Target.Offsets(Read(1, 10), 0));
    }

    [Fact]
    public async Task An_idle_task_closes_its_producers_and_goes_on_with_others()
    {
        var time = new LifeTests.Clock();
        await using var sink = await StartAsync(time);
        await OpenAsync(sink, s_orders);
        Assert.Equal(1, sink.Task.Transactions.OpenProducers);
        await sink.PutAsync(Batch.Of("orders", 0, 0, 5));
        time.Add(TimeSpan.FromMinutes(10));
        await UntilAsync(() => sink.Task.Transactions.OpenProducers == 0);

        await sink.PutAsync(Batch.Of("orders", 0, 5, 5));

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), Target.Offsets(Read(1, 10), 0));
    }

    [Fact]
    public async Task A_task_that_is_killed_in_a_transaction_leaves_nothing_of_it()
    {
        var isHeld = true;
        _front.Withholds = (api, _) => isHeld && api == TransactionFront.CommitOffsets;
        var killed = await StartAsync();
        await OpenAsync(killed, s_orders);
        var put = killed.PutAsync(Batch.Of("orders", 0, 0, 10));
        await UntilAsync(() => _front.CountOf(TransactionFront.CommitOffsets) > 0);

        await killed.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put.WaitAsync(TimeSpan.FromSeconds(30)));
        isHeld = false;
        await using var next = await StartAsync();
        Assert.Empty(await OpenAsync(next, s_orders));
        await next.PutAsync(Batch.Of("orders", 0, 0, 10));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), Target.Offsets(Read(1, 10), 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_whose_answer_is_lost_is_looked_up_and_not_repeated(bool isCommitted)
    {
        await using var sink = await StartAsync(
            TimeProvider.System, ("target.delivery.timeout.ms", "2500"), ("target.max.block.ms", "2000"));
        await OpenAsync(sink, s_orders);
        await sink.PutAsync(Batch.Of("orders", 0, 0, 5));
        var isHeld = true;
        var from = isCommitted ? TransactionFront.EndTransaction : TransactionFront.CommitOffsets;
        _front.Withholds = (api, _) => isHeld && api == from;

        Task[] puts = [sink.PutAsync(Batch.Of("orders", 0, 5, 5)), sink.PutAsync(Batch.Of("orders", 0, 10, 5))];
        foreach (var put in puts)
            await Assert.ThrowsAsync<RetriableException>(() => put.WaitAsync(TimeSpan.FromSeconds(60)));
        var early = await Assert.ThrowsAsync<RetriableException>(() => sink.PutAsync(Batch.Of("orders", 0, 15, 5)));
        isHeld = false;
        for (var first = 5; first < 20; first += 5)
            await sink.PutAsync(Batch.Of("orders", 0, first, 5));

        Assert.Contains("must be delivered again first", early.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), Target.Offsets(Read(1, 20), 0));
        await using var next = await StartAsync();
        Assert.Equal(20, (await OpenAsync(next, s_orders))[s_orders]);
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas)]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    [InlineData(ErrorCode.Local_Transport)]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(ErrorCode.UnknownProducerId)]
    [InlineData(ErrorCode.InvalidMsg)]
    public async Task Passing_errors_of_the_broker_leave_no_gap_and_no_duplicate(ErrorCode error)
    {
        await using var sink = await StartAsync();
        await OpenAsync(sink, s_orders, new("orders", 1));
        for (var b = 0; b < 12; b++)
        {
            if (b % 4 == 1)
                _kafka.InjectErrors(TransactionFront.Produce, error, error);
            var records = from i in Enumerable.Range(b * 25, 25)
                          from p in Enumerable.Range(0, 2)
                          select Batch.Record("orders", p, i);
            await new Driver(sink.Task, new Random(b)).DeliverAsync([new Batch([.. records])]);
        }

        var found = Read(2, 600);
        for (var p = 0; p < 2; p++)
            Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), Target.Offsets(found, p));
    }

    [Theory]
    [InlineData(TransactionFront.AddPartitions, ErrorCode.NotCoordinatorForGroup)]
    [InlineData(TransactionFront.AddPartitions, ErrorCode.Local_Transport)]
    [InlineData(TransactionFront.AddOffsets, ErrorCode.GroupCoordinatorNotAvailable)]
    [InlineData(TransactionFront.CommitOffsets, ErrorCode.GroupLoadInProgress)]
    [InlineData(TransactionFront.EndTransaction, ErrorCode.GroupCoordinatorNotAvailable)]
    [InlineData(TransactionFront.EndTransaction, ErrorCode.Local_Transport)]
    public async Task Passing_errors_of_the_coordinators_leave_no_gap_and_no_duplicate(short api, ErrorCode error)
    {
        await using var sink = await StartAsync();
        await OpenAsync(sink, s_orders);
        for (var b = 0; b < 4; b++)
        {
            if (b > 0)
                _kafka.InjectErrors(api, error, error);
            await new Driver(sink.Task, new Random(b)).DeliverAsync([Batch.Of("orders", 0, b * 10, 10)]);
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(i => (long)i), Target.Offsets(Read(1, 40), 0));
    }

    [Theory]
    [InlineData(TransactionFront.AddPartitions, ErrorCode.TransactionalIdAuthorizationFailed, "transactional id 'connect-copy:orders:0'")]
    [InlineData(TransactionFront.AddPartitions, ErrorCode.TopicAuthorizationFailed, "Read and Write on Topic")]
    [InlineData(TransactionFront.AddOffsets, ErrorCode.GroupAuthorizationFailed, "group 'connect-copy:orders:0'")]
    public async Task A_refusal_says_which_right_is_missing(short api, ErrorCode error, string text)
    {
        await using var sink = await StartAsync();
        await OpenAsync(sink, s_orders);
        _kafka.InjectErrors(api, error);

        var e = await Assert.ThrowsAnyAsync<ConnectException>(() => sink.PutAsync(Batch.Of("orders", 0, 0, 1)));

        Assert.IsNotType<RetriableException>(e);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_the_target_refuses_is_skipped_alone_where_errors_are_tolerated()
    {
        await using var sink = await StartAsync(
            TimeProvider.System, ("errors.tolerance", "all"), ("target.max.request.size", "10000"), ("target.linger.ms", "20"));
        await OpenAsync(sink, s_orders);
        // The set; then, one by one, its first record.
        const ErrorCode invalid = (ErrorCode)87;
        _kafka.InjectErrors(TransactionFront.Produce, invalid, invalid);

        var e = await Assert.ThrowsAsync<RecordsFailedException>(() => sink.PutAsync(new Batch(
            [.. Enumerable.Range(0, 5).Select(i => Batch.Record("orders", 0, i, value: i == 3 ? new string('x', 20_000) : null))])));

        Assert.Equal([(0, false), (3, false)], e.Failures.Select(failure => (failure.Index, failure.CanRetry)));
        Assert.Equal([1, 2, 4], Target.Offsets(Read(1, 3), 0));
        await using var next = await StartAsync();
        Assert.Equal(5, (await OpenAsync(next, s_orders))[s_orders]);
    }

    [Fact]
    public async Task A_position_never_passes_a_refused_record_that_must_not_be_skipped()
    {
        await using var sink = await StartAsync(TimeProvider.System, ("target.max.request.size", "10000"));
        await OpenAsync(sink, s_orders);

        var e = await Assert.ThrowsAsync<RecordsFailedException>(() => sink.PutAsync(new Batch(
            [.. Enumerable.Range(0, 5).Select(i => Batch.Record("orders", 0, i, value: i == 3 ? new string('x', 20_000) : null))])));

        Assert.Equal([(3, false), (4, true)], e.Failures.Select(failure => (failure.Index, failure.CanRetry)));
        Assert.Equal([0, 1, 2], Target.Offsets(Read(1, 3), 0));
        await using var next = await StartAsync();
        Assert.Equal(3, (await OpenAsync(next, s_orders))[s_orders]);
    }

    [Fact]
    public async Task A_set_that_is_too_large_is_written_in_smaller_ones()
    {
        await using var sink = await StartAsync(TimeProvider.System, ("target.linger.ms", "20"));
        await OpenAsync(sink, s_orders);
        _kafka.InjectErrors(TransactionFront.Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);

        await sink.PutAsync(Batch.Of("orders", 0, 0, 1000));

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), Target.Offsets(Read(1, 1000), 0));
    }

    [Fact]
    public async Task Several_partitions_may_go_to_one_topic_with_fewer_partitions()
    {
        _kafka.CreateTopic("all", 1);
        (string, string)[] config = [("target.topic", "all"), ("target.partitioner", "key")];
        await using (var sink = await StartAsync(TimeProvider.System, config))
        {
            await OpenAsync(sink, new("a", 3), new("b", 3));
            await sink.PutAsync(new Batch(Batch.Record("a", 3, 1), Batch.Record("b", 3, 2)));
        }

        await using var next = await StartAsync(TimeProvider.System, config);
        Assert.Equal(
            [(new TopicPartition("a", 3), 2L), (new("b", 3), 3L)],
            (await OpenAsync(next, new("a", 3), new("b", 3))).OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
    }

    [Fact]
    public async Task A_partition_that_was_let_go_takes_no_records()
    {
        await using var sink = await StartAsync();
        await OpenAsync(sink, s_orders, new("orders", 1));

        await sink.Task.ClosePartitionsAsync([s_orders]);

        await Assert.ThrowsAnyAsync<ConnectException>(() => sink.PutAsync(Batch.Of("orders", 0, 0, 1)));
        await sink.PutAsync(Batch.Of("orders", 1, 0, 1));
        Assert.Equal(1, sink.Task.Transactions.OpenProducers);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_asks_for_a_retry_and_leaves_nothing_open()
    {
        await using var sink = await StartAsync();
        _kafka.SetDown();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => sink.Task.OpenPartitionsAsync([s_orders], patience.Token));

        Assert.Equal(0, sink.Task.Transactions.OpenProducers);
        _kafka.SetUp();
        Assert.Empty(await OpenAsync(sink, s_orders));
        await sink.PutAsync(Batch.Of("orders", 0, 0, 1));
    }

    [Theory]
    [MemberData(nameof(FailureTests.Seeds), MemberType = typeof(FailureTests))]
    public async Task Whatever_is_killed_and_whatever_fails_each_record_arrives_once_and_in_order(int seed)
    {
        const int total = 400;
        var random = new Random(seed);
        TopicPartition[] partitions = [s_orders, new("orders", 1), new("orders", 2)];
        var positions = partitions.ToDictionary(partition => partition, _ => 0L);
        var zombies = new List<Sink>();
        _front.Withholds = (api, _) => api is TransactionFront.EndTransaction or TransactionFront.CommitOffsets && random.Next(40) == 0;
        while (positions.Values.Any(position => position < total))
        {
            var sink = await StartAsync(TimeProvider.System, ("target.delivery.timeout.ms", "4000"));
            foreach (var (partition, position) in await OpenAsync(sink, partitions))
                positions[partition] = position;
            // Those before are not stopped yet, and still have something to say. One whose producer is closed may even take the
            // partition back, as long as nobody has written anything since; this task fails then.
            var more = (int)Math.Min(10, total - positions[s_orders]);
            foreach (var zombie in more > 0 ? zombies : [])
            {
                _ = zombie.Task.PutAsync(
                    Batch.Of("orders", 0, positions[s_orders], more), CancellationToken.None).AsTask().ContinueWith(put => put.Exception);
            }

            try
            {
                for (var b = random.Next(1, 8); b > 0; b--)
                {
                    Disturb(random);
                    var records = new List<SinkRecord>();
                    foreach (var partition in partitions)
                    {
                        var count = (int)Math.Min(random.Next(20), total - positions[partition]);
                        records.AddRange(Enumerable.Range(0, count).Select(
                            i => Batch.Record("orders", partition.Partition, positions[partition] + i)));
                        positions[partition] += count;
                    }

                    if (records.Count > 0)
                        await new Driver(sink.Task, random).DeliverAsync([new Batch([.. records])]);
                }
            }
            catch (ConnectException)
            {
                // The task has failed; the next one goes on.
            }

            if (random.Next(2) == 0)
                await sink.DisposeAsync();
            else
                zombies.Add(sink);
        }

        foreach (var zombie in zombies)
            await zombie.DisposeAsync();
        await using var last = await StartAsync();
        Assert.All(await OpenAsync(last, partitions), position => Assert.Equal(total, position.Value));
        var found = Read(3, total * 3);
        for (var p = 0; p < 3; p++)
            Assert.Equal(Enumerable.Range(0, total).Select(i => (long)i), Target.Offsets(found, p));
    }

    private void Disturb(Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                _kafka.InjectErrors(TransactionFront.Produce, ErrorCode.Local_Transport, ErrorCode.NotEnoughReplicas);
                break;
            case 1:
                _kafka.InjectErrors(TransactionFront.EndTransaction, ErrorCode.Local_Transport);
                break;
            case 2:
                _kafka.InjectErrors(TransactionFront.AddPartitions, ErrorCode.ConcurrentTransactions);
                break;
        }
    }

    private Task<Sink> StartAsync(params (string Key, string Value)[] config) => StartAsync(TimeProvider.System, config);

    private Task<Sink> StartAsync(TimeProvider time, params (string Key, string Value)[] config)
        => Sink.StartAsync(
            _kafka, time,
            [("target.bootstrap.servers", _front.Address), ("exactly.once", "true"), .. config]);

    /// <summary>What readers of committed records find, once there are so many.</summary>
    private List<Found> Read(int partitions, int count)
    {
        var found = Target.Read(_kafka, "orders", partitions, found => _front.Committed("orders", found).Count >= count);
        return _front.Committed("orders", found);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var deadline = Environment.TickCount64 + 30_000; !condition(); await Task.Delay(5))
            Assert.True(Environment.TickCount64 < deadline);
    }

    private static Task<IReadOnlyDictionary<TopicPartition, long>> OpenAsync(Sink sink, params TopicPartition[] partitions)
        => sink.Task.OpenPartitionsAsync(partitions, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
}
