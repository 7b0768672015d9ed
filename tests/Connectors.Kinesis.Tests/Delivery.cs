using System.Globalization;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>Hands records to a task as the pipeline does.</summary>
internal static class Delivery
{
    private const int BatchRecords = 50;

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Puts records in batches, one behind the other, whose values count within their key.</summary>
    public static async Task PutAllAsync(SinkTask task, int records, int keys)
    {
        var puts = new Queue<Task>();
        for (var from = 0; from < records; from += BatchRecords)
        {
            var batch = Enumerable.Range(from, Math.Min(BatchRecords, records - from))
                .Select(i => TestRecords.Record($"key-{i % keys}", Number(i / keys), offset: i)).ToArray();
            while (puts.Count >= task.MaxInFlight)
                await puts.Dequeue();
            puts.Enqueue(task.PutAsync(new TestBatch(batch), CancellationToken.None).AsTask());
        }

        await Task.WhenAll(puts).WaitAsync(TimeSpan.FromMinutes(2));
    }
}
