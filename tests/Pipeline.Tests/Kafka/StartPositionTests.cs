using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

public sealed class StartPositionTests
{
    private static readonly string s_topic = TestWorker.Topic;
    private static readonly TopicPartition s_partition = new(s_topic, 0);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_first_start_takes_the_connectors_group_where_it_has_offsets_and_else_the_beginning()
    {
        await using var worker = new TestWorker(partitions: 3);
        using var sink = new TestSink();
        worker.Produce(3, 10);
        await worker.Groups.WriteAsync("connect-test", [new(s_partition, 4)], CancellationToken.None);

        var pipeline = await worker.StartAsync(sink);
        await pipeline.AssignAsync(
            [new(s_partition, null), new(new(s_topic, 1), null), new(new(s_topic, 2), 8)], CancellationToken.None);

        await Eventually.HoldsAsync(() => sink.Count == 18);
        Assert.Equal(4, sink.Offsets(s_topic, 0)[0]);
        Assert.Equal(0, sink.Offsets(s_topic, 1)[0]);
        Assert.Equal([8L, 9], sink.Offsets(s_topic, 2));
    }

    [Fact]
    public async Task The_group_can_be_chosen()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Produce(1, 10);
        await worker.Groups.WriteAsync("mine", [new(s_partition, 9)], CancellationToken.None);

        var pipeline = await worker.StartAsync(sink, ("consumer.override.group.id", "mine"));
        await pipeline.AssignAsync([new(s_partition, null)], CancellationToken.None);

        await Eventually.HoldsAsync(() => sink.Count == 1);
        Assert.Equal([9L], sink.Offsets(s_topic, 0));
    }

    [Fact]
    public async Task Latest_is_a_number_from_the_first_start_on()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Produce(1, 10);
        var pipeline = await worker.StartAsync(sink, ("consumer.override.auto.offset.reset", "latest"));
        await pipeline.AssignAsync([new(s_partition, null)], CancellationToken.None);

        // Nothing has been read, and still a restart would not skip what is written from now on.
        var offset = Assert.Single(await pipeline.FlushAsync(CancellationToken.None));
        Assert.Equal(new CommittableOffset(s_partition, 10), offset);
        worker.Produce(1, 5, from: 10);
        await Eventually.HoldsAsync(() => sink.Count == 5);
        Assert.Equal([10L, 11, 12, 13, 14], sink.Offsets(s_topic, 0));
    }

    [Fact]
    public async Task Without_an_offset_and_without_a_reset_nothing_begins()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        var pipeline = await worker.StartAsync(sink, ("consumer.override.auto.offset.reset", "none"));

        var error = await Assert.ThrowsAsync<ConnectException>(
            () => pipeline.AssignAsync([new(s_partition, null)], CancellationToken.None));

        Assert.Contains("auto.offset.reset is none", error.Message);
        Assert.Equal(0, worker.Factory.Lanes);
    }

    [Fact]
    public async Task An_offset_that_is_gone_is_reset_to_the_earliest()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Produce(1, 100, setBytes: 100);
        worker.Kafka.DeleteRecords(s_topic, 0, 40);
        var pipeline = await worker.StartAsync(sink);
        await pipeline.AssignAsync([new(s_partition, 10)], CancellationToken.None);

        await Eventually.HoldsAsync(() => sink.Count > 0 && sink.Offsets(s_topic, 0)[^1] == 99);

        Assert.Equal(Enumerable.Range(40, 60).Select(i => (long)i), sink.Offsets(s_topic, 0));
        Assert.Equal(1, worker.Log.CountOf("there is no record at offset 10 of orders-0"));
        Assert.Equal(new(s_partition, 100, WasReset: true), Assert.Single(await pipeline.FlushAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task An_offset_beyond_the_end_is_reset_to_the_latest_and_remembered()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Produce(1, 10);
        var pipeline = await worker.StartAsync(sink, ("consumer.override.auto.offset.reset", "latest"));
        await pipeline.AssignAsync([new(s_partition, 5000)], CancellationToken.None);

        await Eventually.HoldsAsync(() => worker.Log.CountOf("takes it to 10") == 1);
        var offset = Assert.Single(await pipeline.FlushAsync(CancellationToken.None));
        Assert.Equal(new(s_partition, 10, WasReset: true), offset);
        worker.Produce(1, 3, from: 10);
        await Eventually.HoldsAsync(() => sink.Count == 3);
    }

    [Fact]
    public async Task An_offset_that_is_gone_fails_the_task_where_no_reset_is_allowed()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        worker.Produce(1, 10);
        var pipeline = await worker.StartAsync(sink, ("consumer.override.auto.offset.reset", "none"));
        await pipeline.AssignAsync([new(s_partition, 5000)], CancellationToken.None);

        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(s_patience));

        Assert.Contains("no record at offset 5000 of orders-0", error.Message);
    }

    [Fact]
    public async Task Records_deleted_while_a_task_lags_are_skipped_with_a_warning()
    {
        await using var worker = new TestWorker(configure: o => o with { TaskBufferBytes = 50_000 });
        using var sink = new TestSink { MaxBatchRecords = 10 };
        var opened = new TaskCompletionSource();
        sink.OnPut = async (_, _, _) => await opened.Task;
        // A lane that reads for one task alone would keep what it has fetched.
        worker.Kafka.CreateTopic("views", 1);
        using var idle = new TestSink();
        var other = await worker.StartAsync(TestWorker.Config(idle, ("name", "other"), ("topics", "views")));
        await other.AssignAsync([new(new("views", 0), 0)], CancellationToken.None);
        worker.Produce(1, 2000, bytes: 100, setBytes: 2000);
        var pipeline = await worker.ReadAsync(sink, 1);
        await Eventually.HoldsAsync(() => pipeline.Progress.BytesBuffered >= 50_000);
        worker.Kafka.DeleteRecords(s_topic, 0, 1500);
        opened.SetResult();

        await Eventually.HoldsAsync(() => sink.Count > 0 && sink.Offsets(s_topic, 0)[^1] == 1999);

        var offsets = sink.Offsets(s_topic, 0);
        Assert.Equal(offsets.Order(), offsets);
        Assert.Equal(offsets.Distinct(), offsets);
        Assert.Equal(500, offsets.Count(o => o >= 1500));
        Assert.InRange(worker.Log.CountOf("there is no record at offset"), 1, 3);
        Assert.Equal(2000, Assert.Single(await pipeline.FlushAsync(CancellationToken.None)).Offset);
    }

    [Fact]
    public async Task Reading_goes_on_although_Kafka_deletes_records_faster_than_positions_are_reset()
    {
        const int partitions = 6;
        await using var worker = new TestWorker(partitions);
        using var sink = new TestSink { MaxBatchRecords = 10 };
        worker.Produce(partitions, 500, setBytes: 100);
        worker.Kafka.DeleteRecords(s_topic, 0, 1);

        var reading = worker.ReadAsync(sink, partitions);
        for (var before = 2; before <= 400; before++)
        {
            for (var p = 0; p < partitions; p++)
                worker.Kafka.DeleteRecords(s_topic, p, before);
        }

        await reading;
        await Eventually.HoldsAsync(
            () => Enumerable.Range(0, partitions).All(p => sink.Offsets(s_topic, p) is [.., 499]),
            () => string.Join('\n', worker.Log.Entries.Select(entry => entry.Text)));
        for (var p = 0; p < partitions; p++)
            Assert.Equal(100, sink.Offsets(s_topic, p).Count(offset => offset >= 400));
    }

    [Fact]
    public async Task While_Kafka_does_not_answer_nothing_begins_and_a_retry_may_help()
    {
        await using var worker = new TestWorker(
            configure: o => o with { RequestTimeout = TimeSpan.FromMilliseconds(300) }, startsDown: true);
        using var sink = new TestSink();
        var pipeline = await worker.StartAsync(sink);

        await Assert.ThrowsAsync<RetriableException>(
            () => pipeline.AssignAsync([new(s_partition, null)], CancellationToken.None).WaitAsync(s_patience));
        Assert.Equal(0, worker.Factory.Lanes);

        worker.Kafka.SetUp();
        worker.Produce(1, 10);
        await Eventually.HoldsAsync(() =>
        {
            try
            {
                pipeline.AssignAsync([new(s_partition, null)], CancellationToken.None).GetAwaiter().GetResult();
                return true;
            }
            catch (RetriableException)
            {
                return false;
            }
        });
        await Eventually.HoldsAsync(() => sink.Count == 10);
    }
}
