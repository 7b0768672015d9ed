using System.Buffers.Binary;
using System.Diagnostics;
using Confluent.Kafka;

namespace Exports.Bench.EndToEnd;

/// <summary>Produces records at a rate, each with the time of its making in its first eight bytes.</summary>
internal static class SteadyFeed
{
    /// <summary>Produces; blocks until everything is acknowledged.</summary>
    /// <param name="bootstrapServers">The Kafka.</param>
    /// <param name="topic">The topic; records go round its partitions.</param>
    /// <param name="partitions">How many it has.</param>
    /// <param name="records">How many records.</param>
    /// <param name="rate">Records a second.</param>
    /// <param name="size">Bytes of each value; at least 8.</param>
    public static void Run(string bootstrapServers, string topic, int partitions, long records, int rate, int size)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            // Without, each record is a message set of its own, of which the embedded Kafka gives out one for a fetch.
            LingerMs = 1,
            DeliveryReportFields = "none",
        }).Build();
        var started = Stopwatch.GetTimestamp();
        for (var produced = 0L; produced < records;)
        {
            var due = Math.Min(records, (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * rate));
            for (; produced < due; produced++)
            {
                var value = new byte[size];
                BinaryPrimitives.WriteInt64LittleEndian(value, Stopwatch.GetTimestamp());
                producer.Produce(new TopicPartition(topic, (int)(produced % partitions)), new() { Value = value });
            }

            Thread.Sleep(1);
        }

        producer.Flush(Timeout.InfiniteTimeSpan);
    }
}
