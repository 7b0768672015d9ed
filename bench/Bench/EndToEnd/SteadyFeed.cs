using System.Buffers.Binary;
using System.Diagnostics;
using Confluent.Kafka;
using Exports.Bench.Load;

namespace Exports.Bench.EndToEnd;

/// <summary>Produces records at a rate, each with the time of its making in its first eight bytes.</summary>
internal static class SteadyFeed
{
    private const int KeptSeconds = 3;

    /// <summary>Produces; blocks until everything is acknowledged.</summary>
    /// <param name="kafka">The Kafka.</param>
    /// <param name="topic">The topic; records go round its partitions.</param>
    /// <param name="partitions">How many it has.</param>
    /// <param name="records">How many records.</param>
    /// <param name="rate">Records a second.</param>
    /// <param name="size">Bytes of each value; at least 8.</param>
    /// <param name="target">A topic that gets the same records partition by partition, and is trimmed like the other one; null for none.</param>
    public static void Run(BenchKafka kafka, string topic, int partitions, long records, int rate, int size, string? target)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            EnableIdempotence = true,
            // Without, each record is a message set of its own, of which the embedded Kafka gives out one for a fetch.
            LingerMs = 1,
            DeliveryReportFields = "none",
        }).Build();
        var (started, trimmed) = (Stopwatch.GetTimestamp(), 0L);
        for (var produced = 0L; produced < records;)
        {
            var due = Math.Min(records, (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * rate));
            for (; produced < due; produced++)
            {
                var value = new byte[size];
                BinaryPrimitives.WriteInt64LittleEndian(value, Stopwatch.GetTimestamp());
                producer.Produce(new TopicPartition(topic, (int)(produced % partitions)), new() { Value = value });
            }

            // What is some seconds old has been read, or the run shows that it is late anyway.
            var old = (produced / rate - KeptSeconds) * rate / partitions;
            if (old > trimmed)
            {
                trimmed = old;
                for (var partition = 0; partition < partitions; partition++)
                {
                    kafka.Trim(topic, partition, old);
                    if (target is not null)
                        kafka.Trim(target, partition, old);
                }
            }

            Thread.Sleep(1);
        }

        producer.Flush(Timeout.InfiniteTimeSpan);
    }
}
