using Confluent.Kafka;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

public sealed class DeliveryTests
{
    private static readonly string s_topic = TestWorker.Topic;

    [Fact]
    public async Task Records_arrive_as_they_were_written()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        var headers = new Headers { { "a", "1"u8.ToArray() }, { "a", null }, { "ä", ""u8.ToArray() } };
        worker.Send(s_topic, 0, "key", "value", headers);
        worker.Send(s_topic, 0, null, null);
        worker.Send(s_topic, 0, "", "");
        worker.Flush();

        await worker.ReadAsync(sink, 1, ("header.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"));
        await Eventually.HoldsAsync(() => sink.Count == 3);

        var records = sink.Records;
        Assert.Equal([("key", "value"), (null, null), ("", "")], records.Select(r => (r.Key, r.Value)));
        Assert.Equal([0L, 1, 2], records.Select(r => r.Offset));
        Assert.Equal(["a=1,a=,ä=", "", ""], records.Select(r => r.Headers));
        Assert.All(records, r => Assert.Equal(Connectors.Sdk.TimestampType.CreateTime, r.TimestampType));
        Assert.All(records, r => Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - r.Timestamp, -1000, 60_000));
    }

    [Fact]
    public async Task Order_is_kept_in_each_partition_with_several_puts_under_way()
    {
        await using var worker = new TestWorker(partitions: 4);
        using var sink = new TestSink { MaxInFlight = 5, MaxBatchRecords = 37 };
        var order = new List<(int Partition, long Offset)>();
        sink.OnPut = async (batch, number, _) =>
        {
            foreach (var record in batch.Records)
                order.Add((record.Partition, record.Offset));
            await Task.Delay(number % 7);
        };
        worker.Produce(4, 2000);

        var pipeline = await worker.ReadAsync(sink, 4);
        await Eventually.HoldsAsync(() => pipeline.Progress.RecordsDelivered == 8000);

        foreach (var partition in order.GroupBy(o => o.Partition))
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => (long)i), partition.Select(o => o.Offset));
        Assert.InRange(sink.MostUnderWay, 2, 5);
        Assert.Equal(8000, pipeline.Progress.RecordsRead);
        Assert.Equal(sink.Records.Sum(r => r.Key!.Length + r.Value!.Length), pipeline.Progress.BytesRead);
        Assert.Equal(0, pipeline.Progress.BytesBuffered);
        Assert.NotNull(pipeline.Progress.LastAcknowledgement);
    }

    [Fact]
    public async Task A_batch_keeps_to_the_sinks_limits_and_a_larger_record_comes_alone()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxBatchRecords = 10, MaxBatchBytes = 100_000 };
        var batches = new List<(int Count, long Bytes)>();
        sink.OnPut = (batch, _, _) =>
        {
            batches.Add((batch.Count, batch.Bytes));
            return ValueTask.CompletedTask;
        };
        worker.Produce(1, 95, bytes: 1);
        worker.Produce(1, 20, bytes: 30_000);
        worker.Send(s_topic, 0, null, new string('y', 2_000_000));
        worker.Produce(1, 5, bytes: 1);

        await worker.ReadAsync(sink, 1);
        await Eventually.HoldsAsync(() => sink.Count == 121);

        Assert.All(batches, batch => Assert.True(batch is { Count: <= 10, Bytes: <= 100_000 } or { Count: 1, Bytes: 2_000_000 }));
        Assert.Contains(batches, batch => batch.Bytes == 2_000_000);
        Assert.Equal(Enumerable.Range(0, 121).Select(i => (long)i), sink.Offsets(s_topic, 0));
    }

    [Theory]
    [InlineData("flush")]
    [InlineData("pause")]
    [InlineData("revoke")]
    [InlineData("stop")]
    [InlineData("full")]
    public async Task A_sink_that_waits_for_more_is_told_when_no_more_comes(string why)
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxInFlight = why == "full" ? 1 : 4 };
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sink.OnPut = (_, _, _) => new ValueTask(drained.Task);
        sink.OnDrain = () => drained.TrySetResult();
        var pipeline = await worker.ReadAsync(sink, 1);
        worker.Produce(1, 1);
        await Eventually.HoldsAsync(() => sink.Puts == 1);

        switch (why)
        {
            case "flush":
                Assert.False(drained.Task.IsCompleted);
                Assert.Equal(1, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
                break;
            case "pause":
                Assert.False(drained.Task.IsCompleted);
                await pipeline.PauseAsync(CancellationToken.None);
                break;
            case "revoke":
                Assert.False(drained.Task.IsCompleted);
                await pipeline.RevokeAsync([new(s_topic, 0)], CancellationToken.None);
                break;
            case "stop":
                Assert.False(drained.Task.IsCompleted);
                await pipeline.DisposeAsync();
                break;
            default:
                await drained.Task;
                break;
        }

        await Eventually.HoldsAsync(() => sink.Count == 1);
    }

    [Fact]
    public async Task Where_nothing_is_to_be_flushed_offsets_do_not_wait_for_other_puts()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink { MaxInFlight = 4, NeedsFlush = false, OnFlush = _ => throw new InvalidOperationException("Nobody asked.") };
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sink.OnPut = async (batch, _, _) =>
        {
            if (batch.Records[0].Partition == 0)
                await gate.Task;
        };
        var pipeline = await worker.ReadAsync(sink, 2);
        worker.Send(s_topic, 0, "k", "v");
        worker.Flush();
        await Eventually.HoldsAsync(() => sink.Puts == 1);
        worker.Send(s_topic, 1, "k", "v");
        worker.Flush();
        await Eventually.HoldsAsync(() => sink.Count == 1);

        await Eventually.HoldsAsync(() => pipeline.Progress.RecordsDelivered == 1);
        Assert.Equal([0L, 1], (await pipeline.FlushAsync(CancellationToken.None)).Select(offset => offset.Offset));
        gate.SetResult();
        await Eventually.HoldsAsync(() => pipeline.Progress.RecordsDelivered == 2);
        Assert.Equal([1L, 1], (await pipeline.FlushAsync(CancellationToken.None)).Select(offset => offset.Offset));
    }

    [Fact]
    public async Task A_put_that_may_be_retried_is_repeated_in_order_until_it_succeeds()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink { MaxInFlight = 3, MaxBatchRecords = 50 };
        var failuresLeft = 3;
        var attempts = new List<long>();
        sink.OnPut = async (batch, number, _) =>
        {
            var first = batch.Records[0].Offset;
            var isChosen = batch.Records[0].Partition == 0 && first is >= 100 and < 200;
            await Task.Yield();
            if (!isChosen || Interlocked.Decrement(ref failuresLeft) < 0)
                return;
            lock (attempts)
                attempts.Add(first);
            throw new RetriableException("try again", retryAfter: TimeSpan.FromMilliseconds(20));
        };
        worker.Produce(2, 500);

        var pipeline = await worker.ReadAsync(sink, 2);
        await Eventually.HoldsAsync(() => sink.Count == 1000);

        Assert.Equal(1000, sink.Records.Select(r => (r.Partition, r.Offset)).Distinct().Count());
        Assert.Equal(3, attempts.Count);
        Assert.Equal(3, pipeline.Progress.Retries);
        Assert.Equal("try again", pipeline.Progress.LastError);
        Assert.False(pipeline.Completion.IsCompleted);
        var offsets = await pipeline.FlushAsync(CancellationToken.None);
        Assert.All(offsets, o => Assert.Equal(500, o.Offset));
    }

    [Fact]
    public async Task With_one_put_at_a_time_retries_change_no_order()
    {
        await using var worker = new TestWorker(partitions: 3);
        using var sink = new TestSink { MaxBatchRecords = 20 };
        sink.OnPut = (_, number, _) => number % 4 == 0
            ? throw new RetriableException("again", retryAfter: TimeSpan.FromMilliseconds(1))
            : ValueTask.CompletedTask;
        worker.Produce(3, 300);

        await worker.ReadAsync(sink, 3);
        await Eventually.HoldsAsync(() => sink.Count >= 900);

        for (var p = 0; p < 3; p++)
            Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), sink.Offsets(s_topic, p));
    }

    [Fact]
    public async Task Only_the_records_that_failed_are_repeated()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink { MaxBatchRecords = 64 };
        var failed = new HashSet<(int, long)>();
        sink.OnPut = (batch, _, _) =>
        {
            var failures = new List<RecordFailure>();
            for (var i = 0; i < batch.Count; i++)
            {
                var record = batch.Records[i];
                if (record.Offset % 10 == 3 && failed.Add((record.Partition, record.Offset)))
                    failures.Add(new RecordFailure(i, new RetriableException("throttled"), CanRetry: true));
            }

            return failures.Count == 0
                ? ValueTask.CompletedTask
                : throw new RecordsFailedException(failures, TimeSpan.FromMilliseconds(1));
        };
        worker.Produce(2, 200);

        var pipeline = await worker.ReadAsync(sink, 2);
        await Eventually.HoldsAsync(() => pipeline.Progress.RecordsDelivered == 400);

        Assert.Equal(400, sink.Count);
        Assert.Equal(400, sink.Records.Select(r => (r.Partition, r.Offset)).Distinct().Count());
        Assert.Equal(40, failed.Count);
        Assert.Equal(0, pipeline.Progress.RecordsSkipped);
        Assert.All(await pipeline.FlushAsync(CancellationToken.None), o => Assert.Equal(200, o.Offset));
        Assert.Equal(0, pipeline.Progress.BytesBuffered);
    }

    [Fact]
    public async Task A_refused_record_fails_the_task_and_nothing_behind_it_is_acknowledged()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxBatchRecords = 10 };
        sink.OnPut = (batch, _, _) => Refuse(batch, 25);
        worker.Produce(1, 100);

        var pipeline = await worker.ReadAsync(sink, 1);
        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Contains("Tolerance exceeded in error handler", error.Message);
        Assert.Contains("TASK_PUT", error.Message);
        Assert.Contains("topic orders, partition 0, offset 25", error.Message);
        var offset = Assert.Single(await pipeline.FlushAsync(CancellationToken.None));
        Assert.InRange(offset.Offset, 0, 25);
        Assert.DoesNotContain(25, sink.Offsets(s_topic, 0));
        await pipeline.DisposeAsync();
        Assert.Equal(1, sink.Stops);
    }

    [Fact]
    public async Task What_is_delivered_before_a_refused_record_is_acknowledged_though_the_task_fails()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink { MaxInFlight = 4 };
        // The records of a partition come in one put: the first 20 are accepted, the next is refused, the others are not sent.
        sink.OnPut = (batch, _, _) =>
        {
            var failures = new List<RecordFailure>();
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch.Records[i] is { Partition: 0, Offset: >= 20 } record)
                    failures.Add(record.Offset == 20 ? new(i, new DataException("Too large."), false) : new(i, new NotSentException(), true));
            }

            return failures.Count == 0 ? ValueTask.CompletedTask : throw new RecordsFailedException(failures);
        };
        worker.Produce(2, 50);

        var pipeline = await worker.ReadAsync(sink, 2, ("errors.retry.timeout", "0"));

        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("partition 0, offset 20: Too large.", error.Message);
        var offsets = await pipeline.FlushAsync(CancellationToken.None);
        Assert.Equal(20, offsets.Single(offset => offset.Partition.Partition == 0).Offset);
    }

    [Fact]
    public async Task A_refused_record_is_skipped_where_errors_are_tolerated()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxBatchRecords = 10 };
        sink.OnPut = (batch, _, _) => Refuse(batch, 25);
        worker.Produce(1, 100);

        var pipeline = await worker.ReadAsync(
            sink, 1, ("errors.tolerance", "all"), ("errors.log.enable", "true"), ("errors.log.include.messages", "true"));
        await Eventually.HoldsAsync(() => sink.Count == 99);
        await Eventually.HoldsAsync(() => pipeline.Progress.RecordsDelivered == 99);

        Assert.Equal(1, pipeline.Progress.RecordsSkipped);
        Assert.Equal(100, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
        Assert.Equal(1, worker.Log.CountOf("{topic='orders', partition=0, offset=25, "));
    }

    [Fact]
    public async Task Any_other_exception_of_the_sink_fails_the_task()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { OnPut = (_, _, _) => throw new InvalidDataException("broken") };
        worker.Produce(1, 1);

        var pipeline = await worker.ReadAsync(sink, 1);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("broken", error.Message);
        Assert.Equal(1, sink.Puts);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("100")]
    public async Task Retries_end_when_the_configured_time_is_over(string timeout)
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { OnPut = (_, _, _) => throw new RetriableException("away", retryAfter: TimeSpan.FromMilliseconds(10)) };
        worker.Produce(1, 1);

        var pipeline = await worker.ReadAsync(sink, 1, ("errors.retry.timeout", timeout));

        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains($"errors.retry.timeout ({timeout} ms)", error.Message);
        Assert.Equal(timeout == "0", sink.Puts == 1);
    }

    [Fact]
    public async Task A_record_that_does_not_convert_fails_the_task_after_what_came_before_it()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Send(s_topic, 0, null, "{\"a\":1}");
        worker.Flush();
        var pipeline = await worker.ReadAsync(
            sink, 1, ("value.converter", "org.apache.kafka.connect.json.JsonConverter"), ("value.converter.schemas.enable", "false"));
        await Eventually.HoldsAsync(() => sink.Count == 1);
        worker.Send(s_topic, 0, null, "{no json");
        worker.Send(s_topic, 0, null, "{\"a\":2}");
        worker.Flush();

        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Contains("Tolerance exceeded in error handler", error.Message);
        Assert.Contains("VALUE_CONVERTER", error.Message);
        Assert.Contains("topic orders, partition 0, offset 1", error.Message);
        Assert.Equal(1, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task Records_that_do_not_convert_are_skipped_where_errors_are_tolerated()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxBatchRecords = 7 };
        for (var i = 0; i < 100; i++)
            worker.Send(s_topic, 0, null, i % 10 == 4 ? "{no json" : $"{{\"a\":{i}}}");
        worker.Flush();

        var pipeline = await worker.ReadAsync(
            sink,
            1,
            ("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
            ("value.converter.schemas.enable", "false"),
            ("errors.tolerance", "all"));
        await Eventually.HoldsAsync(() => pipeline.Progress.RecordsDelivered == 90);

        Assert.Equal(10, pipeline.Progress.RecordsSkipped);
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i % 10 != 4).Select(i => (long)i), sink.Offsets(s_topic, 0));
        Assert.Equal(100, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
    }

    [Fact]
    public async Task Records_that_a_transform_drops_are_acknowledged()
    {
        await using var worker = new TestWorker(partitions: 2);
        using var sink = new TestSink();
        worker.Produce(2, 50);

        var pipeline = await worker.ReadAsync(sink, 2, ("transforms", "drop"), ("transforms.drop.type", nameof(DropOddOffsets)));
        await Eventually.HoldsAsync(() => pipeline.Progress is { RecordsDelivered: 50, RecordsSkipped: 50 });

        Assert.All(await pipeline.FlushAsync(CancellationToken.None), o => Assert.Equal(50, o.Offset));
        Assert.All(sink.Records, r => Assert.Equal(0, r.Offset % 2));
        Assert.Equal(0, pipeline.Progress.BytesBuffered);
    }

    [Fact]
    public async Task A_conversion_is_retried_within_the_configured_time_only()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Produce(1, 3);

        var pipeline = await worker.ReadAsync(
            sink, 1, ("transforms", "flaky"), ("transforms.flaky.type", nameof(FailOnce)), ("errors.retry.timeout", "60000"));
        await Eventually.HoldsAsync(() => sink.Count == 3);
        Assert.Equal(3, pipeline.Progress.Retries);

        using var other = new TestSink();
        var impatient = await worker.ReadAsync(other, 1, ("transforms", "flaky"), ("transforms.flaky.type", nameof(FailOnce)));
        var error = await Assert.ThrowsAsync<ConnectException>(() => impatient.Completion.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("TRANSFORMATION", error.Message);
    }

    private static ValueTask Refuse(SinkBatch batch, long offset)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.Records[i].Offset == offset)
                throw new RecordsFailedException([new RecordFailure(i, new DataException("too large"), CanRetry: false)]);
        }

        return ValueTask.CompletedTask;
    }
}

public sealed class DropOddOffsets : Transform
{
    public override ConfigDef Config { get; } = [];

    public override void Configure(IReadOnlyDictionary<string, string> config)
    {
    }

    public override bool Apply(ref SinkRecord record) => record.Offset % 2 == 0;
}

/// <summary>Fails for every record, the first time.</summary>
public sealed class FailOnce : Transform
{
    private long _lastFailed = -1;

    public override ConfigDef Config { get; } = [];

    public override void Configure(IReadOnlyDictionary<string, string> config)
    {
    }

    public override bool Apply(ref SinkRecord record)
    {
        if (record.Offset == _lastFailed)
            return true;
        _lastFailed = record.Offset;
        throw new RetriableException("not now", retryAfter: TimeSpan.FromMilliseconds(1));
    }
}
