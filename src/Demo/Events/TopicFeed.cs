using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Demo.Events;

/// <summary>
/// Writes the events to their topic: first, as fast as it can, those of earlier starts; then new ones at a rate. Event
/// number n of a partition lies at offset n, at every start.
/// </summary>
internal sealed class TopicFeed : IDisposable
{
    /// <summary>
    /// How many events of a partition may wait for a destination. The embedded Kafka keeps 5 MiB of a partition; this many of
    /// the largest events, each in a message set of its own, stay well below.
    /// </summary>
    private const int MaxBacklog = 4_000;

    /// <summary>How many events the embedded Kafka can hold at most, since none is smaller than 256 bytes.</summary>
    private readonly long _kept;

    private readonly string _topic;
    private readonly History _history;
    private readonly IReadOnlyList<Checks.Backlog> _backlogs;
    private readonly TimeProvider _time;
    private readonly EventSource _source;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Action<DeliveryReport<byte[], byte[]>> _onReport;
    private long _reserved;
    private long _next;
    private Error? _error;

    /// <summary>Makes a feed.</summary>
    /// <param name="bootstrapServers">The Kafka that has the topic, empty.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="history">What earlier starts produced.</param>
    /// <param name="backlogs">What waits for each destination.</param>
    /// <param name="time">The clock.</param>
    public TopicFeed(
        string bootstrapServers, string topic, History history, IReadOnlyList<Checks.Backlog> backlogs, TimeProvider time)
    {
        _topic = topic;
        _history = history;
        _backlogs = backlogs;
        _time = time;
        _kept = history.Partitions * (5L * 1024 * 1024 / 256);
        _source = new(history.Seed, history.Partitions);
        _onReport = report =>
        {
            if (report.Error.IsError)
                _error ??= report.Error;
        };
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            LingerMs = 0,
            BatchSize = 512 * 1024,
            QueueBufferingMaxMessages = 200_000,
            // No fields in reports but the error; nobody asks for them.
            DeliveryReportFields = "none",
        }).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>The sequence number of the next event.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>
    /// Produces all reserved events of earlier starts again. Those that the embedded Kafka would have dropped by now are
    /// empty records, which take their offsets.
    /// </summary>
    /// <param name="progress">Told now and then how many are done.</param>
    public void Recreate(Action<long> progress)
    {
        var end = _history.Reserved;
        var firstWhole = Math.Max(0, end - _kept);
        var empty = new Message<byte[], byte[]>();
        for (_next = 0; _next < end; _next++)
        {
            Produce(_next, _next < firstWhole ? empty : null);
            if (_next > 0 && _next % 1_000_000 == 0)
                progress(_next);
        }

        Flush();
        Volatile.Write(ref _reserved, end);
    }

    /// <summary>Allows events up to a limit, which the history has reserved.</summary>
    public void Allow(long limit) => Volatile.Write(ref _reserved, limit);

    /// <summary>
    /// Produces events as they happen, until told to stop; then everything is in the topic. Falls behind the rate, instead
    /// of losing anything, when a destination does not keep up.
    /// </summary>
    /// <exception cref="KafkaException">The embedded Kafka did not take an event.</exception>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var now = EventTime.Now(_time);
            while (_next < Volatile.Read(ref _reserved) && _history.TimeOf(_next) <= now && !stop.IsCancellationRequested)
            {
                if ((_next & 0xff) == 0 && _backlogs.Any(backlog => backlog.Highest >= MaxBacklog))
                    break;
                // Counted first: a destination may see it before this thread goes on.
                var partition = _source.PartitionOf(_next);
                foreach (var backlog in _backlogs)
                    backlog.Produced(partition, _next);
                Produce(_next, null);
                Volatile.Write(ref _next, _next + 1);
            }

            ThrowIfRefused();
            Thread.Sleep(1);
        }

        Flush();
    }

    public void Dispose()
    {
        _producer.Dispose();
        _source.Dispose();
    }

    private void Produce(long sequence, Message<byte[], byte[]>? filler)
    {
        var partition = _source.PartitionOf(sequence);
        var message = filler;
        if (message is null)
        {
            var time = _history.TimeOf(sequence);
            var key = _source.Make(sequence, time, out var value);
            message = new()
            {
                Key = key.ToArray(),
                Value = value.ToArray(),
                Timestamp = new(time / 1000, TimestampType.CreateTime),
            };
        }

        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(_topic, partition), message, _onReport);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(1);
            }
        }
    }

    private void Flush()
    {
        _producer.Flush(Timeout.InfiniteTimeSpan);
        ThrowIfRefused();
    }

    private void ThrowIfRefused()
    {
        if (_error is { } error)
            throw new KafkaException(error);
    }
}
