using Microsoft.Extensions.Logging.Abstractions;

namespace Exports.Connectors.Sdk.Tests;

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int RecordsAPut = 500;
    private const int Puts = 400;

    public static TheoryData<RequestOrder> Orders => [.. Enum.GetValues<RequestOrder>()];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Nothing_is_allocated_for_single_records(RequestOrder order)
    {
        var sink = new Sink(order);
        await sink.StartAsync(
            new SinkTaskContext("c", 0, new Dictionary<string, string>(), NullLogger.Instance, TimeProvider.System),
            CancellationToken.None);
        var batch = new Batch();
        await PutAllAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await PutAllAsync();

        var perRecord = (GC.GetTotalAllocatedBytes(precise: true) - before) / ((double)Puts * RecordsAPut);
        Assert.True(perRecord < 4, $"{perRecord:0.0} bytes a record");
        Assert.Equal(2 * Puts * RecordsAPut, sink.Accepted);
        await sink.StopAsync();

        async Task PutAllAsync()
        {
            for (var i = 0; i < Puts; i++)
                await sink.PutAsync(batch, CancellationToken.None);
        }
    }

    private sealed class Batch : SinkBatch
    {
        private readonly SinkRecord[] _records =
            [.. Enumerable.Range(0, RecordsAPut).Select(i => new SinkRecord { Topic = "t", Partition = i % 50, Offset = i })];

        public override ReadOnlySpan<SinkRecord> Records => _records;

        public override long Bytes => RecordsAPut;
    }

    private sealed class Sink(RequestOrder order) : RequestSinkTask
    {
        private int _accepted;

        public int Accepted => _accepted;

        protected override Task<RequestOptions> OpenAsync(SinkTaskContext context, CancellationToken cancellationToken)
            => Task.FromResult(new RequestOptions { MaxRecords = RecordsAPut, MaxBytes = 1_000_000, Order = order });

        protected override RequestItem Prepare(ref SinkRecord record) => new(1, record.Partition);

        protected override ValueTask SendAsync(SinkBatch request, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref _accepted, request.Count);
            return ValueTask.CompletedTask;
        }
    }
}
