using System.Diagnostics;
using Confluent.Kafka;
using Exports.Bench.Measurements;
using Exports.Harness;
using Exports.Kafka.Client;

namespace Exports.Bench.Raw;

/// <summary>
/// What a program does that uses Confluent.Kafka as everybody does: a record for each call of Consume. With a target, it
/// produces each record there.
/// </summary>
internal static class RawConsumeLoop
{
    public static Sample Run(RawRequest request)
    {
        LibrdkafkaLoader.Load();
        using var consumer = new ConsumerBuilder<byte[], byte[]>(request.Settings).Build();
        using var producer = request.TargetTopic is null
            ? null
            : new ProducerBuilder<byte[], byte[]>(new ProducerConfig
            {
                BootstrapServers = request.Settings["bootstrap.servers"],
                EnableIdempotence = true,
                LingerMs = 5,
            }).Build();
        consumer.Assign(Enumerable.Range(0, request.Partitions).Select(partition => new TopicPartitionOffset(request.Topic, partition, 0)));

        var (records, delivered, check) = (0L, 0L, 0L);
        var clock = new Stopwatch();
        var (cpu, allocated) = (TimeSpan.Zero, 0L);
        while (records < request.Records)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(1));
            if (result is null)
                continue;
            if (!clock.IsRunning)
            {
                allocated = GC.GetTotalAllocatedBytes(precise: true);
                cpu = Environment.CpuUsage.TotalTime;
                clock.Start();
            }

            records++;
            check += result.Message.Value[0] + result.Offset.Value;
            if (producer is not null)
                Produce(new(request.TargetTopic, result.Partition), result.Message);
        }

        producer?.Flush(Timeout.InfiniteTimeSpan);
        if (producer is not null && delivered != records)
            throw new InvalidOperationException($"Only {delivered} of {records} records were delivered.");
        clock.Stop();
        GC.KeepAlive(check);
        return new(
            records,
            clock.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            GC.GetTotalAllocatedBytes(precise: true) - allocated,
            ProcessUsage.Of(Environment.ProcessId).PeakResidentBytes);

        void Produce(TopicPartition partition, Message<byte[], byte[]> message)
        {
            while (true)
            {
                try
                {
                    producer.Produce(partition, message, report =>
                    {
                        if (!report.Error.IsError)
                            Interlocked.Increment(ref delivered);
                    });
                    return;
                }
                catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    Thread.Sleep(1);
                }
            }
        }
    }
}
