using System.Diagnostics;
using Exports.Bench.Measurements;
using Exports.Harness;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Bench.Raw;

/// <summary>
/// The thinnest loop over librdkafka's batch call: look at each record where the library has put it, give it back, nothing
/// else. What the worker's reading is measured against.
/// </summary>
internal static class RawBatchLoop
{
    private const int BatchSize = 1000;

    public static unsafe Sample Run(RawRequest request)
    {
        using var consumer = new NativeConsumer(request.Settings);
        var assignment = new PartitionOffset[request.Partitions];
        for (var partition = 0; partition < assignment.Length; partition++)
            assignment[partition] = new(request.Topic, partition, 0);
        consumer.Assign(assignment);

        var messages = stackalloc NativeMessage*[BatchSize];
        var (records, check) = (0L, 0L);
        var clock = new Stopwatch();
        var (cpu, allocated) = (TimeSpan.Zero, 0L);
        while (records < request.Records)
        {
            // The first one is waited for; the rest of the batch is what is there.
            var count = consumer.Consume(messages, 1, 1000);
            if (count > 0)
                count += consumer.Consume(messages + 1, BatchSize - 1, 0);
            if (count > 0 && !clock.IsRunning)
            {
                allocated = GC.GetTotalAllocatedBytes(precise: true);
                cpu = Environment.CpuUsage.TotalTime;
                clock.Start();
            }

            for (var i = 0; i < count; i++)
            {
                var message = messages[i];
                if (message->Error == ErrorCode.NoError)
                {
                    records++;
                    check += message->Value[0] + message->Offset;
                }

                NativeConsumer.Destroy(message);
            }
        }

        clock.Stop();
        GC.KeepAlive(check);
        return new(
            records,
            clock.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            GC.GetTotalAllocatedBytes(precise: true) - allocated,
            ProcessUsage.Of(Environment.ProcessId).PeakResidentBytes);
    }
}
