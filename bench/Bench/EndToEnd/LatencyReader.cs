using System.Buffers.Binary;
using System.Diagnostics;
using Exports.Demo.Latency;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Bench.EndToEnd;

/// <summary>Reads a topic with librdkafka's batch call and looks how old each record is.</summary>
internal static class LatencyReader
{
    private const int BatchSize = 1000;

    /// <summary>Reads until all records have come; blocks.</summary>
    /// <param name="settings">librdkafka's settings.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">How many partitions it has.</param>
    /// <param name="records">How many records will come.</param>
    /// <param name="skip">How many of them are not timed.</param>
    /// <param name="limit">How long to wait at most.</param>
    /// <exception cref="TimeoutException">They have not come in time.</exception>
    public static unsafe LatencyHistogram Run(
        IReadOnlyDictionary<string, string> settings, string topic, int partitions, long records, long skip, TimeSpan limit)
    {
        using var consumer = new NativeConsumer(settings);
        var assignment = new PartitionOffset[partitions];
        for (var partition = 0; partition < partitions; partition++)
            assignment[partition] = new(topic, partition, 0);
        consumer.Assign(assignment);

        var histogram = new LatencyHistogram();
        var messages = stackalloc NativeMessage*[BatchSize];
        var deadline = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        for (var read = 0L; read < records;)
        {
            var count = consumer.Consume(messages, 1, 1000);
            if (count > 0)
                count += consumer.Consume(messages + 1, BatchSize - 1, 0);
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                var message = messages[i];
                if (message->Error == ErrorCode.NoError && read++ >= skip)
                {
                    var made = BinaryPrimitives.ReadInt64LittleEndian(new(message->Value, sizeof(long)));
                    histogram.Add((long)Stopwatch.GetElapsedTime(made, now).TotalMicroseconds);
                }

                NativeConsumer.Destroy(message);
            }

            if (now > deadline)
                throw new TimeoutException($"Only {read} of {records} records have come to {topic}.");
        }

        return histogram;
    }
}
