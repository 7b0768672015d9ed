using Confluent.Kafka;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline.Tests;

public sealed class LaneTests
{
    private static readonly string s_topic = TestWorker.Topic;

    [Fact]
    public async Task Tasks_share_a_lane_two_that_read_one_partition_do_not_and_an_empty_lane_is_closed()
    {
        await using var worker = new TestWorker(partitions: 4);
        using var first = new TestSink();
        using var second = new TestSink();
        worker.Produce(4, 10);

        var one = await worker.StartAsync(first);
        await one.AssignAsync([.. TestWorker.Starts(2)], CancellationToken.None);
        var two = await worker.StartAsync(second, ("name", "second"));
        await two.AssignAsync([new(new(s_topic, 2), 0), new(new(s_topic, 3), 0)], CancellationToken.None);
        Assert.Equal(1, worker.Factory.Lanes);
        await two.AssignAsync([new(new(s_topic, 0), 5)], CancellationToken.None);
        Assert.Equal(2, worker.Factory.Lanes);

        await Eventually.HoldsAsync(() => first.Count == 20 && second.Count == 25);
        Assert.Equal([5L, 6, 7, 8, 9], second.Offsets(s_topic, 0));
        await two.RevokeAsync([new(s_topic, 0)], CancellationToken.None);
        Assert.Equal(1, worker.Factory.Lanes);
        await two.DisposeAsync();
        await one.DisposeAsync();
        Assert.Equal(0, worker.Factory.Lanes);
    }

    [Fact]
    public async Task Own_consumer_settings_get_a_lane_of_their_own()
    {
        await using var worker = new TestWorker(partitions: 3);
        using var sink = new TestSink();
        worker.Produce(3, 10);
        var names = new[] { "a", "b", "c" };
        for (var i = 0; i < 3; i++)
        {
            var config = TestWorker.Config(sink, ("name", names[i]));
            if (i > 0)
                config["consumer.override.fetch.max.wait.ms"] = "20";
            // These concern the task, not what its lane does.
            config["consumer.override.group.id"] = names[i];
            config["consumer.override.auto.offset.reset"] = "earliest";
            var pipeline = await worker.StartAsync(config);
            await pipeline.AssignAsync([new(new(s_topic, i), 0)], CancellationToken.None);
        }

        Assert.Equal(2, worker.Factory.Lanes);
        await Eventually.HoldsAsync(() => sink.Count == 30);
    }

    [Fact]
    public async Task Partitions_spread_over_the_configured_number_of_lanes()
    {
        await using var worker = new TestWorker(partitions: 6, o => o with { Lanes = 3 });
        using var sink = new TestSink();
        worker.Produce(6, 10);

        await worker.ReadAsync(sink, 6);

        Assert.Equal(3, worker.Factory.Lanes);
        await Eventually.HoldsAsync(() => sink.Count == 60);
    }

    [Fact]
    public async Task A_full_lane_is_joined_by_another()
    {
        await using var worker = new TestWorker(partitions: LaneSet.MaxPartitions + 1);
        using var sink = new TestSink();

        var pipeline = await worker.ReadAsync(sink, LaneSet.MaxPartitions + 1);

        Assert.Equal(2, worker.Factory.Lanes);
        worker.Send(s_topic, 0, null, "first");
        worker.Send(s_topic, LaneSet.MaxPartitions, null, "last");
        worker.Flush();
        await Eventually.HoldsAsync(() => sink.Count == 2);
        await pipeline.RevokeAsync([new(s_topic, LaneSet.MaxPartitions)], CancellationToken.None);
        Assert.Equal(1, worker.Factory.Lanes);
    }

    [Fact]
    public async Task One_lane_reads_hundreds_of_partitions_for_a_hundred_tasks()
    {
        await using var worker = new TestWorker(partitions: 500);
        using var sink = new TestSink();
        for (var t = 0; t < 100; t++)
        {
            var pipeline = await worker.StartAsync(TestWorker.Config(sink, ("name", $"c{t}")));
            await pipeline.AssignAsync(
                [.. Enumerable.Range(t * 5, 5).Select(p => new StartPosition(new(s_topic, p), 0))], CancellationToken.None);
        }

        Assert.Equal(1, worker.Factory.Lanes);
        for (var p = 0; p < 500; p += 7)
            worker.Send(s_topic, p, null, $"{p}");
        worker.Flush();

        await Eventually.HoldsAsync(() => sink.Count == 72, () => $"{sink.Count}");
        Assert.All(sink.Records, r => Assert.Equal($"{r.Partition}", r.Value));
    }

    [Fact]
    public async Task Reading_begins_when_Kafka_comes_up_and_goes_on_after_an_outage()
    {
        await using var worker = new TestWorker(partitions: 2, brokers: 2);
        using var sink = new TestSink();
        worker.Produce(2, 100);
        worker.Kafka.SetDown();

        await worker.ReadAsync(sink, 2);
        await Eventually.HoldsAsync(() => worker.Log.CountOf("no Kafka broker can be reached") == 1);
        worker.Kafka.SetUp();
        await Eventually.HoldsAsync(() => sink.Count == 200);
        await Eventually.HoldsAsync(() => worker.Log.CountOf("Kafka can be reached again") == 1);

        worker.Kafka.SetDown();
        await Eventually.HoldsAsync(() => worker.Log.CountOf("no Kafka broker can be reached") == 2);
        worker.Kafka.SetUp();
        worker.Produce(2, 100, from: 100);
        await Eventually.HoldsAsync(() => sink.Count == 400);
        for (var p = 0; p < 2; p++)
            Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), sink.Offsets(s_topic, p));
        Assert.InRange(worker.Log.Entries.Count(e => e.Level >= LogLevel.Warning), 2, 8);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_yet_is_read_once_it_is()
    {
        await using var worker = new TestWorker(configure: o => o with
        {
            Consumer = new Dictionary<string, string>(o.Consumer) { ["metadata.max.age.ms"] = "200" },
        });
        using var sink = new TestSink();
        var pipeline = await worker.StartAsync(sink, ("topics", "later"));
        await pipeline.AssignAsync([new(new("later", 0), 0)], CancellationToken.None);
        worker.Kafka.CreateTopic("later", 1);
        worker.Produce(1, 10, topic: "later");

        await Eventually.HoldsAsync(() => sink.Count == 10);
        Assert.False(pipeline.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_leader_that_moves_loses_nothing()
    {
        await using var worker = new TestWorker(partitions: 1, brokers: 2);
        using var sink = new TestSink();
        worker.Kafka.SetLeader(s_topic, 0, 1);
        await worker.ReadAsync(sink, 1);
        worker.Produce(1, 100);
        await Eventually.HoldsAsync(() => sink.Count == 100);
        worker.Kafka.SetLeader(s_topic, 0, 2);
        worker.Produce(1, 100, from: 100);

        await Eventually.HoldsAsync(() => sink.Count == 200);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), sink.Offsets(s_topic, 0));
    }

    [Fact]
    public async Task A_topic_that_may_not_be_read_fails_the_task()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        var pipeline = await worker.ReadAsync(sink, 1);
        worker.Kafka.InjectErrors(1, ErrorCode.TopicAuthorizationFailed, ErrorCode.TopicAuthorizationFailed);
        worker.Produce(1, 10);

        var error = await Assert.ThrowsAsync<ConnectException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Contains("orders-0", error.Message);
        Assert.Contains("TopicAuthorizationFailed", error.Message);
    }

    [Fact]
    public async Task A_passing_error_of_a_partition_is_warned_of_and_overcome()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink();
        var pipeline = await worker.ReadAsync(sink, 1);
        worker.Kafka.InjectErrors(1, ErrorCode.Unknown, ErrorCode.Unknown, ErrorCode.NotLeaderForPartition);
        worker.Produce(1, 10);

        await Eventually.HoldsAsync(() => sink.Count == 10);

        Assert.Equal(1, worker.Log.CountOf("cannot be read at present"));
        Assert.False(pipeline.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_partition_that_changes_lanes_while_the_old_one_is_busy_is_read_on_without_a_gap()
    {
        await using var worker = new TestWorker();
        worker.Produce(1, 1000, bytes: 2000); // more than one batch in a read
        var budget = new BufferBudget(long.MaxValue, long.MaxValue);
        await using var lanes = new LaneSet(worker.Options, budget, TimeProvider.System, worker.Log);
        var settings = new LaneSettings(worker.Options.Client, "test");
        using var reader = new BusyReader();
        var inbox = new Inbox(budget, wantsHeaders: false);
        var partition = new LanePartition(new(s_topic, 0), inbox, reader, 0);
        inbox.Add(partition);
        lanes.Start(settings, [partition]);
        await Eventually.HoldsAsync(() => reader.IsBusy);
        var left = partition.Lane!;

        // A pause and a resumption, of which the lane hears when it has more of the partition in its hands.
        worker.Kafka.SetDown();
        lanes.Stop([partition]);
        inbox.Suspend();
        inbox.Resume();
        lanes.Start(settings, [partition]);
        Assert.NotSame(left, partition.Lane);
        await Eventually.HoldsAsync(() => partition.OpenFor == partition.Lane);
        reader.GoOn();
        await left.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        worker.Kafka.SetUp();

        await Eventually.HoldsAsync(() => inbox.WaitingRecords >= 1000, () => $"{inbox.WaitingRecords}");
        var segments = new List<Segment>();
        inbox.Take(segments, int.MaxValue, long.MaxValue);
        var offsets = segments.SelectMany(segment => segment.Batch.Entries.ToArray().Select(entry => entry.Offset)).ToArray();
        segments.ForEach(segment => inbox.Release(segment));
        inbox.Revoke([partition]);
        lanes.Stop([partition]);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), offsets);
    }

    /// <summary>Keeps the thread that brings it the first records.</summary>
    private sealed class BusyReader : ILaneReader, IDisposable
    {
        private readonly ManualResetEventSlim _goOn = new();
        private volatile bool _isBusy;

        public bool IsBusy => _isBusy;

        public void GoOn() => _goOn.Set();

        public void RecordsArrived()
        {
            _isBusy = true;
            _goOn.Wait();
        }

        public void OffsetOutOfRange(LanePartition partition, long offset) => Assert.Fail($"{offset}");

        public void ReadFailed(LanePartition partition, Exception error) => Assert.Fail($"{error}");

        public void Dispose() => _goOn.Dispose();
    }
}
