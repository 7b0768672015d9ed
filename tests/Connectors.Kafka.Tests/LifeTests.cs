using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>One of these counts what the whole process allocates, so nothing else runs meanwhile.</summary>
[Collection(nameof(LifeTests))]
[CollectionDefinition(nameof(LifeTests), DisableParallelization = true)]
public sealed class LifeTests
{
    [Fact]
    public async Task A_task_that_is_stopped_lets_go_of_what_is_on_its_way()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        var sink = await Sink.StartAsync(kafka);
        await sink.PutAsync(Batch.Of("orders", 0, 0, 1));
        kafka.SetDown();
        Task[] puts = [sink.PutAsync(Batch.Of("orders", 0, 1, 100)), sink.PutAsync(Batch.Of("orders", 0, 101, 100))];

        await sink.DisposeAsync();

        foreach (var put in puts)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, sink.Task.Writer.OpenProducers);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sink.PutAsync(Batch.Of("orders", 0, 0, 1)));
    }

    [Fact]
    public async Task A_task_that_never_wrote_is_stopped_at_once()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        var sink = await Sink.StartAsync(kafka);

        Assert.Equal(0, sink.Task.Writer.OpenProducers);
        await sink.DisposeAsync();
        await new KafkaSinkConnector().CreateTask().StopAsync();
    }

    [Fact]
    public async Task Cancelled_puts_end_soon_and_later_ones_are_delivered()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka);
        kafka.SetDown();
        using var cancellation = new CancellationTokenSource();
        var put = sink.Task.PutAsync(Batch.Of("orders", 0, 0, 100), cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put.WaitAsync(TimeSpan.FromSeconds(30)));
        kafka.SetUp();
        await sink.PutAsync(Batch.Of("orders", 0, 0, 3));
        Assert.Equal([0, 1, 2], Target.Offsets(Target.Read(kafka, "orders", 1, 3), 0));
    }

    [Fact]
    public async Task An_idle_task_closes_its_producer_and_opens_another_when_needed()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        var time = new Clock();
        await using var sink = await Sink.StartAsync(kafka, time);
        await sink.PutAsync(Batch.Of("orders", 0, 0, 2));
        Assert.Equal(1, sink.Task.Writer.OpenProducers);

        time.Add(TimeSpan.FromMinutes(10));

        var deadline = Stopwatch.StartNew();
        while (sink.Task.Writer.OpenProducers > 0 && deadline.Elapsed < TimeSpan.FromSeconds(30))
            await Task.Delay(10);
        Assert.Equal(0, sink.Task.Writer.OpenProducers);
        await sink.PutAsync(Batch.Of("orders", 0, 2, 2));
        Assert.Equal([0, 1, 2, 3], Target.Offsets(Target.Read(kafka, "orders", 1, 4), 0));
    }

    [Fact]
    public async Task A_small_buffer_holds_back_and_loses_nothing()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.buffer.memory", "2048"));
        var puts = new List<Task>();

        for (var b = 0; b < 8; b++)
            puts.Add(sink.PutAsync(Batch.Of("orders", 0, b * 1000, 1000)));
        await Task.WhenAll(puts);
        var e = await Assert.ThrowsAsync<RecordsFailedException>(() => sink.PutAsync(
            new Batch(Batch.Record("orders", 0, 8000, value: new string('x', 4000)), Batch.Record("orders", 0, 8001))));

        Assert.Equal(0, Assert.Single(e.Failures).Index);
        Assert.Contains("target.buffer.memory", e.Message, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(0, 8000).Append(8001).Select(i => (long)i),
            Target.Offsets(Target.Read(kafka, "orders", 1, 8001), 0));
    }

    [Fact]
    public async Task Native_memory_is_read_in_place_and_let_go_when_the_batch_is_delivered()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka);
        using var memory = new NativeBlock("first"u8, "second"u8);
        SinkRecord[] records =
        [
            Batch.Record("orders", 0, 0) with { Value = ConnectValue.FromBytes(memory.Memory[..5]) },
            Batch.Record("orders", 0, 1) with { Value = ConnectValue.FromBytes(memory.Memory[5..11]) },
            Batch.Record("orders", 0, 2) with { Value = ConnectValue.FromBytes(memory.Memory[11..]) },
        ];

        var put = sink.PutAsync(new Batch(records));
        Assert.True(memory.Pins > 0);
        await put;

        Assert.Equal(0, memory.Pins);
        Assert.Equal(["first", "second", ""], Target.Read(kafka, "orders", 1, 3).Select(f => f.Value));
    }

    [Fact]
    public async Task Nothing_is_allocated_for_a_record()
    {
        const int batches = 100;
        const int size = 1000;
        using var kafka = EmbeddedKafka.Start(1, ("orders", 4));
        await using var sink = await Sink.StartAsync(kafka);
        using var memory = new NativeBlock(new byte[100]);
        var value = ConnectValue.FromBytes(memory.Memory);
        var batch = new Batch(
            [.. Enumerable.Range(0, size).Select(i => Batch.Record("orders", i % 4, i) with { Value = value })]);
        for (var b = 0; b < 20; b++)
            await sink.PutAsync(batch);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var b = 0; b < batches; b++)
            await sink.PutAsync(batch);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        // Some hundred bytes for each batch (the test's own asynchronous methods among them), whatever its size.
        Assert.InRange(allocated, 0, batches * 2000);
    }

    internal sealed class Clock : TimeProvider
    {
        private long _added;

        public void Add(TimeSpan time) => Interlocked.Add(ref _added, (long)(time.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _added);
    }

    private sealed unsafe class NativeBlock : MemoryManager<byte>
    {
        private readonly int _length;
        private byte* _start;
        private int _pins;

        public NativeBlock(params ReadOnlySpan<byte[]> pieces)
        {
            foreach (var piece in pieces)
                _length += piece.Length;
            _start = (byte*)NativeMemory.Alloc((nuint)_length);
            var at = 0;
            foreach (var piece in pieces)
            {
                piece.CopyTo(new Span<byte>(_start + at, piece.Length));
                at += piece.Length;
            }
        }

        public NativeBlock(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
            : this(first.ToArray(), second.ToArray())
        {
        }

        public int Pins => Volatile.Read(ref _pins);

        public override Span<byte> GetSpan() => new(_start, _length);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            Interlocked.Increment(ref _pins);
            return new(_start + elementIndex, default, this);
        }

        public override void Unpin() => Interlocked.Decrement(ref _pins);

        protected override void Dispose(bool disposing)
        {
            NativeMemory.Free(_start);
            _start = null;
        }
    }
}
