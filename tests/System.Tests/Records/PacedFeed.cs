using Confluent.Kafka;
using Exports.Demo.Checks;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.SystemTests.Records;

/// <summary>
/// Produces numbered records, no further ahead of any destination than the embedded Kafka can keep: it drops what is more
/// than 5 MiB behind in a partition.
/// </summary>
internal sealed class PacedFeed(string bootstrapServers, string topic, int partitions, long records, params IReadOnlyList<Backlog> backlogs)
{
    /// <summary>200 bytes each and a message set of its own at worst: 1.5 MiB, which leaves room for what is read again.</summary>
    private const int MaxBacklog = 5_000;

    private long _produced;
    private volatile bool _ends;

    /// <summary>How many records have been produced.</summary>
    public long Produced => Volatile.Read(ref _produced);

    /// <summary>Produces no more; <see cref="RunAsync"/> completes when Kafka has what was produced.</summary>
    public void End() => _ends = true;

    /// <summary>Produces all records, at most so many a second; completes when Kafka has all of them.</summary>
    public Task RunAsync(int rate, CancellationToken cancellationToken)
        => Task.Factory.StartNew(() => Run(rate, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(int rate, CancellationToken cancellationToken)
    {
        Error? refused = null;
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            // The embedded Kafka answers a fetch with one message set of a partition: with a record in each, catching up takes longer than falling behind.
            LingerMs = 20,
        }).Build();
        var started = TimeProvider.System.GetTimestamp();
        while (_produced < records && !_ends)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var due = Math.Min(records, (long)(TimeProvider.System.GetElapsedTime(started).TotalSeconds * rate));
            while (_produced < due && backlogs.All(backlog => backlog.Highest < MaxBacklog))
            {
                // Up to a hundred at a time, since looking at backlogs takes longer than producing.
                for (var end = Math.Min(due, _produced + 100); _produced < end; Volatile.Write(ref _produced, _produced + 1))
                {
                    var partition = (int)(_produced % partitions);
                    foreach (var backlog in backlogs)
                        backlog.Produced(partition, _produced);
                    Produce(partition, new() { Value = NumberedRecords.Make(_produced) });
                }
            }

            Thread.Sleep(1);
        }

        producer.Flush(Timeout.InfiniteTimeSpan);
        if (refused is not null)
            throw new KafkaException(refused);

        void Produce(int partition, Message<byte[], byte[]> message)
        {
            while (true)
            {
                try
                {
                    producer.Produce(
                        new TopicPartition(topic, partition), message, report => refused ??= report.Error.IsError ? report.Error : null);
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
