using System.Collections.Concurrent;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

/// <summary>Sinks that keep positions with their destination's data.</summary>
public sealed class SinkPositionTests
{
    private static readonly TopicPartition s_partition = new(TestWorker.Topic, 0);

    /// <summary>What the control plane has, what the destination has, and where reading begins.</summary>
    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(4L, null, 4)]
    [InlineData(null, 6L, 6)]
    [InlineData(4L, 6L, 6)]
    [InlineData(6L, 4L, 6)]
    public async Task Reading_begins_at_the_later_of_the_stored_position_and_the_sinks(long? stored, long? known, long first)
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink
        {
            OnOpen = (partitions, _) =>
            {
                Assert.Equal([s_partition], partitions);
                return Positions(known);
            },
        };
        worker.Produce(1, 10);
        var pipeline = await worker.StartAsync(sink);

        await pipeline.AssignAsync([new(s_partition, stored)], CancellationToken.None);

        await Eventually.HoldsAsync(() => sink.Count == 10 - first);
        Assert.Equal(first, sink.Offsets(TestWorker.Topic, 0)[0]);
    }

    [Fact]
    public async Task Partitions_are_opened_before_their_records_come_and_closed_when_none_is_under_way()
    {
        await using var worker = new TestWorker(partitions: 2);
        var open = new ConcurrentDictionary<TopicPartition, bool>();
        var strays = 0;
        var underWay = 0;
        using var sink = new TestSink { MaxInFlight = 3, MaxBatchRecords = 5 };
        sink.OnOpen = async (partitions, _) =>
        {
            await Task.Yield();
            foreach (var partition in partitions)
                Assert.True(open.TryAdd(partition, true));
            return new Dictionary<TopicPartition, long>();
        };
        sink.OnPut = async (batch, _, _) =>
        {
            foreach (var record in batch.Records)
            {
                if (!open.ContainsKey(new(record.OriginalTopic, record.Partition)))
                    Interlocked.Increment(ref strays);
            }

            Interlocked.Increment(ref underWay);
            await Task.Delay(1);
            Interlocked.Decrement(ref underWay);
        };
        sink.OnClose = partitions =>
        {
            Assert.Equal(0, Volatile.Read(ref underWay));
            foreach (var partition in partitions)
                Assert.True(open.TryRemove(partition, out _));
            return Task.CompletedTask;
        };
        worker.Produce(2, 500);
        var pipeline = await worker.ReadAsync(sink, 2);
        await Eventually.HoldsAsync(() => sink.Count > 50);

        await pipeline.PauseAsync(CancellationToken.None);
        await pipeline.RevokeAsync([s_partition], CancellationToken.None);
        await pipeline.ResumeAsync(CancellationToken.None);
        await pipeline.AssignAsync([new(s_partition, 0)], CancellationToken.None);

        await Eventually.HoldsAsync(
            () => sink.Offsets(TestWorker.Topic, 0).Length >= 500 && sink.Offsets(TestWorker.Topic, 1).Length >= 500);
        Assert.Equal(0, strays);
        Assert.Equal(2, open.Count);
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_leaves_nothing_begun()
    {
        await using var worker = new TestWorker();
        using var sink = new TestSink { OnOpen = (_, _) => throw new RetriableException("away") };
        worker.Produce(1, 10);
        var pipeline = await worker.StartAsync(sink);

        await Assert.ThrowsAsync<RetriableException>(() => pipeline.AssignAsync([new(s_partition, 0)], CancellationToken.None));

        sink.OnOpen = (_, _) => Positions(7);
        await pipeline.AssignAsync([new(s_partition, 0)], CancellationToken.None);
        await Eventually.HoldsAsync(() => sink.Count == 3);
        Assert.Equal([7, 8, 9], sink.Offsets(TestWorker.Topic, 0));
    }

    [Fact]
    public async Task What_was_opened_is_closed_when_the_position_cannot_be_resolved()
    {
        await using var worker = new TestWorker();
        var closed = 0;
        using var sink = new TestSink
        {
            OnClose = partitions =>
            {
                Assert.Equal([s_partition], partitions);
                closed++;
                return Task.CompletedTask;
            },
        };
        var pipeline = await worker.StartAsync(sink, ("consumer.override.auto.offset.reset", "none"));

        await Assert.ThrowsAsync<ConnectException>(() => pipeline.AssignAsync([new(s_partition, null)], CancellationToken.None));

        Assert.Equal(1, closed);
    }

    private static Task<IReadOnlyDictionary<TopicPartition, long>> Positions(long? known)
        => Task.FromResult<IReadOnlyDictionary<TopicPartition, long>>(
            known is { } offset ? new Dictionary<TopicPartition, long> { [s_partition] = offset } : []);
}
