using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

/// <summary>Does what a control plane may do, in random order, to two tasks with disturbed sinks, and checks what must always hold.</summary>
public sealed class RandomWalkTests
{
    private const int Partitions = 6;
    private const int PerPartition = 1500;
    private const int Steps = 60;

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, false)]
    [InlineData(3, 4, false)]
    [InlineData(4, 1, true)]
    [InlineData(5, 3, true)]
    [InlineData(6, 4, true)]
    public async Task Every_record_is_delivered_and_nothing_is_reported_that_was_not(int seed, int maxInFlight, bool partialFailures)
    {
        var random = new Random(seed);
        await using var worker = new TestWorker(Partitions, o => o with { TaskBufferBytes = 60_000, Lanes = 2 });
        worker.Produce(Partitions, PerPartition, bytes: 50, setBytes: 5000);
        var log = new List<(int Partition, long Offset)>();
        using var first = Sink(new Random(seed + 100));
        using var second = Sink(new Random(seed + 200));
        var pipelines = new[]
        {
            await worker.StartAsync(TestWorker.Config(first, ("name", "first"))),
            await worker.StartAsync(TestWorker.Config(second, ("name", "second"))),
        };
        var owner = new int?[Partitions];
        var position = new long[Partitions];
        var paused = new bool[2];

        for (var step = 0; step < Steps; step++)
        {
            var who = random.Next(2);
            var pipeline = pipelines[who];
            switch (random.Next(6))
            {
                case 0:
                    var free = Enumerable.Range(0, Partitions).Where(p => owner[p] is null).ToArray();
                    await pipeline.AssignAsync([.. free.Select(p => new StartPosition(Id(p), position[p]))], CancellationToken.None);
                    foreach (var p in free)
                        owner[p] = who;
                    break;
                case 1:
                    var own = Enumerable.Range(0, Partitions).Where(p => owner[p] == who && random.Next(2) == 0).ToArray();
                    Check(await pipeline.RevokeAsync([.. own.Select(Id)], CancellationToken.None));
                    foreach (var p in own)
                        owner[p] = null;
                    break;
                case 2:
                    Check(await pipeline.FlushAsync(CancellationToken.None));
                    break;
                case 3:
                    await pipeline.PauseAsync(CancellationToken.None);
                    paused[who] = true;
                    break;
                case 4:
                    await pipeline.ResumeAsync(CancellationToken.None);
                    paused[who] = false;
                    break;
                default:
                    await Task.Delay(random.Next(30));
                    break;
            }

            if (pipeline.Completion.IsCompleted)
                await pipeline.Completion; // throws what it failed with
            Assert.False(pipeline.Completion.IsCompleted);
        }

        await pipelines[0].ResumeAsync(CancellationToken.None);
        await pipelines[1].ResumeAsync(CancellationToken.None);
        var rest = Enumerable.Range(0, Partitions).Where(p => owner[p] is null).ToArray();
        await pipelines[0].AssignAsync([.. rest.Select(p => new StartPosition(Id(p), position[p]))], CancellationToken.None);
        await Eventually.HoldsAsync(() => Log().Distinct().Count() >= Partitions * PerPartition, () => $"{Log().Count} records");
        await Eventually.HoldsAsync(() => worker.Factory.BytesBuffered == 0);

        Check(await pipelines[0].FlushAsync(CancellationToken.None));
        Check(await pipelines[1].FlushAsync(CancellationToken.None));
        Assert.All(position, offset => Assert.Equal(PerPartition, offset));
        for (var p = 0; p < Partitions; p++)
        {
            var offsets = Log().Where(r => r.Partition == p).Select(r => r.Offset);
            if (maxInFlight > 1)
                offsets = offsets.Order();
            // What a put delivered in part, and its task gave up before the rest was, is delivered again.
            if (partialFailures)
                offsets = offsets.Distinct().Order();
            Assert.Equal(Enumerable.Range(0, PerPartition).Select(i => (long)i), offsets);
        }

        Assert.Equal(Log().Count, pipelines.Sum(p => p.Progress.RecordsDelivered));

        void Check(IEnumerable<CommittableOffset> offsets)
        {
            var delivered = Log().ToHashSet();
            foreach (var (partition, offset, _) in offsets)
            {
                Assert.True(offset >= position[partition.Partition]);
                position[partition.Partition] = offset;
                for (long o = 0; o < offset; o++)
                    Assert.Contains((partition.Partition, o), delivered);
            }
        }

        List<(int Partition, long Offset)> Log()
        {
            lock (log)
                return [.. log];
        }

        TestSink Sink(Random disturbance) => new()
        {
            MaxInFlight = maxInFlight,
            MaxBatchRecords = 40,
            OnPut = async (batch, _, _) =>
            {
                int what;
                lock (disturbance)
                    what = disturbance.Next(20);
                if (what < 5)
                    await Task.Delay(what);
                if (what is 5 or 6)
                    throw new RetriableException("not now", retryAfter: TimeSpan.FromMilliseconds(what - 5));
                var failures = what == 7 && partialFailures
                    ? Enumerable.Range(0, batch.Count).Where(i => i % 7 == 3)
                        .Select(i => new RecordFailure(i, new RetriableException("throttled"), CanRetry: true)).ToArray()
                    : [];
                lock (log)
                {
                    for (var i = 0; i < batch.Count; i++)
                    {
                        if (failures.All(f => f.Index != i))
                            log.Add((batch.Records[i].Partition, batch.Records[i].Offset));
                    }
                }

                if (failures.Length > 0)
                    throw new RecordsFailedException(failures, TimeSpan.FromMilliseconds(1));
            },
        };

        static TopicPartition Id(int partition) => new(TestWorker.Topic, partition);
    }
}
