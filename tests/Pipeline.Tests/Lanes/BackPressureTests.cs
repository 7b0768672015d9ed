using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

public sealed class BackPressureTests
{
    private const long TaskLimit = 2 * 1024 * 1024;

    // A batch is at most 1 MiB; the inbox is closed by the first one beyond the limit.
    private const long Overrun = 1024 * 1024 + 64 * 1024;

    private static readonly string s_topic = TestWorker.Topic;

    [Fact]
    public async Task While_a_lane_reads_for_one_slow_task_hardly_anything_is_fetched_twice()
    {
        await using var worker = new TestWorker(partitions: 4, o => o with { TaskBufferBytes = TaskLimit });
        using var sink = new TestSink { MaxBatchRecords = 20 };
        sink.OnPut = async (_, _, _) => await Task.Yield();
        worker.Produce(4, 900, bytes: 5000); // 18 MB, which is nine times what the task may hold

        await worker.ReadAsync(sink, 4);
        await Eventually.HoldsAsync(() => sink.Count == 3600);

        // The first time, the size of records is not known.
        Assert.InRange(worker.Factory.Refusals, 0, 8);
    }

    [Fact]
    public async Task A_lane_that_waits_for_room_reads_for_a_task_that_joins_it()
    {
        await using var worker = new TestWorker(partitions: 1, o => o with { TaskBufferBytes = TaskLimit });
        worker.Kafka.CreateTopic("views", 1);
        using var hanging = new TestSink();
        using var healthy = new TestSink();
        var gate = new TaskCompletionSource();
        hanging.OnPut = async (_, _, _) => await gate.Task;
        worker.Produce(1, 1000, bytes: 4000);
        worker.Produce(1, 10, topic: "views");
        var stalled = await worker.ReadAsync(hanging, 1);
        await Eventually.HoldsAsync(() => stalled.Progress.BytesBuffered >= TaskLimit);

        var other = await worker.StartAsync(TestWorker.Config(healthy, ("name", "other"), ("topics", "views")));
        await other.AssignAsync([new(new("views", 0), 0)], CancellationToken.None);

        Assert.Equal(1, worker.Factory.Lanes);
        await Eventually.HoldsAsync(() => healthy.Count == 10);
        gate.SetResult();
        await Eventually.HoldsAsync(() => hanging.Count == 1000);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), hanging.Offsets(s_topic, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sink_that_hangs_holds_bounded_memory_and_disturbs_no_other_task(bool blocksItsThread)
    {
        await using var worker = new TestWorker(partitions: 8, o => o with { TaskBufferBytes = TaskLimit });
        worker.Kafka.CreateTopic("views", 2);
        using var hanging = new TestSink { MaxBatchRecords = 100 };
        using var healthy = new TestSink();
        using var gate = new ManualResetEventSlim();
        var opened = new TaskCompletionSource();
        hanging.OnPut = async (_, _, _) =>
        {
            if (blocksItsThread)
                gate.Wait();
            else
                await opened.Task;
        };
        worker.Produce(8, 500, bytes: 5000); // 20 MB
        var stalled = await worker.ReadAsync(hanging, 8);
        var other = await worker.StartAsync(
            TestWorker.Config(healthy, ("name", "other"), ("topics", "views")));
        await other.AssignAsync([new(new("views", 0), 0), new(new("views", 1), 0)], CancellationToken.None);
        Assert.Equal(1, worker.Factory.Lanes);

        long most = 0;
        for (var round = 0; round < 20; round++)
        {
            worker.Produce(2, 200, from: round * 200, bytes: 1000, topic: "views");
            await Eventually.HoldsAsync(() => healthy.Count == (round + 1) * 400);
            most = Math.Max(most, stalled.Progress.BytesBuffered);
        }

        await Eventually.HoldsAsync(() => stalled.Progress.BytesBuffered >= TaskLimit);
        most = Math.Max(most, stalled.Progress.BytesBuffered);
        Assert.InRange(most, TaskLimit, TaskLimit + Overrun);
        Assert.Equal(0, hanging.Count);
        // What waits no longer holds fetch buffers of the lane that others use.
        await Eventually.HoldsAsync(() => !((TaskPipeline)stalled).Inbox.HasPinningBatches);

        gate.Set();
        opened.SetResult();
        await Eventually.HoldsAsync(() => hanging.Count >= 4000);
        for (var p = 0; p < 8; p++)
        {
            Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), hanging.Offsets(s_topic, p));
            Assert.Equal(
                Enumerable.Range(0, 500).Select(i => $"{p}/{i}"),
                hanging.Records.Where(r => r.Partition == p).Select(r => r.Value!.TrimEnd('x')));
        }

        await Eventually.HoldsAsync(() => worker.Factory.BytesBuffered == 0);
        Assert.Equal(4000, stalled.Progress.RecordsRead);
    }

    [Fact]
    public async Task A_slow_sink_gets_everything_once_and_in_order_though_reading_is_stopped_and_started()
    {
        await using var worker = new TestWorker(partitions: 3, o => o with { TaskBufferBytes = 200_000 });
        using var sink = new TestSink { MaxBatchRecords = 50 };
        long most = 0;
        ITaskPipeline? pipeline = null;
        sink.OnPut = async (_, _, _) =>
        {
            most = Math.Max(most, pipeline!.Progress.BytesBuffered);
            await Task.Yield();
        };
        worker.Produce(3, 5000, bytes: 200, setBytes: 50_000);

        pipeline = await worker.StartAsync(sink);
        await pipeline.AssignAsync([.. TestWorker.Starts(3)], CancellationToken.None);
        await Eventually.HoldsAsync(() => sink.Count >= 15_000);

        for (var p = 0; p < 3; p++)
            Assert.Equal(Enumerable.Range(0, 5000).Select(i => (long)i), sink.Offsets(s_topic, p));
        Assert.InRange(most, 1, 200_000 + Overrun);
        await Eventually.HoldsAsync(() => pipeline.Progress.BytesBuffered == 0);
        Assert.Equal(15_000, pipeline.Progress.RecordsRead);
    }

    [Fact]
    public async Task Many_stalled_tasks_share_the_workers_memory_and_leave_room_for_a_healthy_one()
    {
        const int Stalled = 12;
        const long Limit = 4 * 1024 * 1024;
        await using var worker = new TestWorker(
            partitions: Stalled + 1, o => o with { TaskBufferBytes = TaskLimit, BufferBytes = Limit });
        worker.Produce(Stalled + 1, 600, bytes: 5000, setBytes: 100_000); // 3 MB each
        var opened = new TaskCompletionSource();
        var sinks = Enumerable.Range(0, Stalled)
            .Select(_ => new TestSink { MaxBatchRecords = 10, OnPut = async (_, _, _) => await opened.Task })
            .ToArray();
        var pipelines = new List<ITaskPipeline>();
        for (var i = 0; i < Stalled; i++)
        {
            var pipeline = await worker.StartAsync(TestWorker.Config(sinks[i], ("name", $"stalled{i}")));
            await pipeline.AssignAsync([new(new(s_topic, i), 0)], CancellationToken.None);
            pipelines.Add(pipeline);
        }

        await Eventually.HoldsAsync(
            () => pipelines.All(p => p.Progress.BytesBuffered > 0),
            () => string.Join(", ", pipelines.Select(p => p.Progress.BytesBuffered)));

        using var healthy = new TestSink();
        var other = await worker.StartAsync(TestWorker.Config(healthy, ("name", "healthy")));
        await other.AssignAsync([new(new(s_topic, Stalled), 0)], CancellationToken.None);
        await Eventually.HoldsAsync(() => healthy.Count == 600);
        Assert.InRange(worker.Factory.BytesBuffered, 1, Limit + Overrun + (Stalled * BufferBudget.Foothold));

        opened.SetResult();
        await Eventually.HoldsAsync(() => sinks.All(sink => sink.Count >= 600), () => string.Join(", ", sinks.Select(s => s.Count)));
        for (var i = 0; i < Stalled; i++)
            Assert.Equal(Enumerable.Range(0, 600).Select(o => (long)o), sinks[i].Offsets(s_topic, i));
        await Eventually.HoldsAsync(() => worker.Factory.BytesBuffered == 0);
    }

    [Fact]
    public async Task Records_are_copied_out_of_fetch_buffers_whole()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { MaxBatchRecords = 1000 };
        var opened = new TaskCompletionSource();
        sink.OnPut = async (_, _, _) => await opened.Task;
        for (var i = 0; i < 3000; i++)
        {
            worker.Send(s_topic, 0, i % 3 == 0 ? null : $"k{i}", i % 5 == 0 ? null : new string((char)('a' + i % 26), i % 300), new()
            {
                { "n", System.Text.Encoding.UTF8.GetBytes($"{i}") },
                { "none", null },
            });
        }

        worker.Flush();
        var pipeline = await worker.ReadAsync(sink, 1, ("header.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"));
        await Eventually.HoldsAsync(() => pipeline.Progress.RecordsRead == 3000);
        await Eventually.HoldsAsync(() => !((TaskPipeline)pipeline).Inbox.HasPinningBatches);
        opened.SetResult();
        await Eventually.HoldsAsync(() => sink.Count == 3000);

        var records = sink.Records;
        for (var i = 0; i < 3000; i++)
        {
            Assert.Equal(i % 3 == 0 ? null : $"k{i}", records[i].Key);
            Assert.Equal(i % 5 == 0 ? null : new string((char)('a' + i % 26), i % 300), records[i].Value);
            Assert.Equal($"n={i},none=", records[i].Headers);
        }
    }
}
