using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Tests;

/// <summary>Counts what the whole process allocates, so nothing else runs meanwhile.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int PartitionsAtOnce = 8;
    private const int PerPartition = 25_000;

    [Fact]
    public async Task Nothing_is_allocated_for_a_record_that_passes_through()
    {
        await using var worker = new TestWorker(partitions: 4 * PartitionsAtOnce);
        using var sink = new CountingSink();
        worker.Produce(4 * PartitionsAtOnce, PerPartition, bytes: 100, setBytes: 200_000);
        var pipeline = await worker.StartAsync(new Dictionary<string, string>
        {
            ["name"] = "count",
            ["connector.class"] = nameof(CountingSinkConnector),
            ["topics"] = TestWorker.Topic,
            ["test.sink"] = sink.Id,
        });

        // What is allocated once, for code and pools, is not what this is about: the least of several rounds counts.
        var least = long.MaxValue;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await pipeline.AssignAsync(
                [
                    .. Enumerable.Range(round * PartitionsAtOnce, PartitionsAtOnce)
                        .Select(p => new StartPosition(new TopicPartition(TestWorker.Topic, p), 0)),
                ],
                CancellationToken.None);
            var expected = (round + 1) * PartitionsAtOnce * PerPartition;
            // Waits without allocating.
            var deadline = Environment.TickCount64 + 60_000;
            while (sink.Count != expected && Environment.TickCount64 < deadline)
                Thread.Sleep(1);
            Assert.Equal(expected, sink.Count);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // A single object for each record would be 24 bytes at least; what each batch costs depends on how many records come together.
        const int Records = PartitionsAtOnce * PerPartition;
        Assert.True(least < Records * 20, $"{least} bytes were allocated for {Records} records.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{least} bytes for {Records} records");
    }
}
