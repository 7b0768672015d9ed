using Exports.Demo.Checks;
using Exports.Demo.Events;
using Exports.Demo.Latency;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Demo.Destinations;

/// <summary>The target topic, read by a consumer of the demo's own. It begins empty with each start, so all of it is seen.</summary>
internal sealed class TopicDestination : Destination, IDisposable
{
    private const int BatchSize = 1000;
    private readonly NativeConsumer _consumer;
    private readonly RecordReader _read;
    private readonly long _first;
    private readonly TimeProvider _time;
    private LatencyHistogram _recent = new();

    /// <summary>Begins to read the topic.</summary>
    /// <param name="topic">The target topic; it exists.</param>
    /// <param name="bootstrapServers">The Kafka that has it.</param>
    /// <param name="read">Reads its records.</param>
    /// <param name="first">The first sequence number that is new, and so tells something of latency.</param>
    /// <param name="partitionOf">The source partition of a sequence number.</param>
    /// <param name="partitions">The number of partitions, of the source as of this topic.</param>
    /// <param name="time">The clock.</param>
    /// <param name="pollInterval">How often to ask for records when there are none.</param>
    public TopicDestination(
        string topic, string bootstrapServers, RecordReader read, long first, Func<long, int> partitionOf, int partitions,
        TimeProvider time, TimeSpan pollInterval)
        : base("topic", partitionOf, partitions)
    {
        Check = NewCheck();
        _read = read;
        _first = first;
        _time = time;
        _consumer = new(
        [
            new("bootstrap.servers", bootstrapServers),
            new("group.id", "exports-demo-watch"),
            new("enable.auto.commit", "false"),
            new("enable.auto.offset.store", "false"),
            // The embedded Kafka lets an empty fetch wait all of this time, even if data arrives.
            new("fetch.wait.max.ms", $"{pollInterval.TotalMilliseconds:F0}"),
        ]);
        var assignment = new PartitionOffset[partitions];
        for (var partition = 0; partition < partitions; partition++)
            assignment[partition] = new(topic, partition, 0);
        _consumer.Assign(assignment);
    }

    /// <summary>The event time, in microseconds since 1970, from which on <see cref="Latency"/> counts.</summary>
    public long SettledAt { get; set; }

    /// <summary>From event time to arrival, of all events of this start since <see cref="SettledAt"/>.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>What was found. Not to be used while <see cref="Watch"/> runs.</summary>
    public DeliveryCheck Check { get; }

    /// <summary>From event time to arrival, of the events of this start that have arrived since the last call.</summary>
    public LatencyHistogram TakeRecentLatency() => Interlocked.Exchange(ref _recent, new());

    public override unsafe void Watch(CancellationToken stop)
    {
        using var wake = stop.Register(_consumer.Wake);
        var messages = stackalloc NativeMessage*[BatchSize];
        while (!stop.IsCancellationRequested)
        {
            var count = _consumer.Consume(messages, 1, 200);
            if (count > 0)
                count += _consumer.Consume(messages + 1, BatchSize - 1, 0);
            for (var i = 0; i < count; i++)
            {
                var message = messages[i];
                if (message->Error == ErrorCode.NoError)
                    Take(new(message->Value, message->ValueLength));
                NativeConsumer.Destroy(message);
            }
        }
    }

    public void Dispose() => _consumer.Dispose();

    private void Take(ReadOnlySpan<byte> value)
    {
        if (!_read(value, out var sequence, out var time))
        {
            Check.AddUnreadable();
            return;
        }

        Check.Add(sequence);
        Count(sequence);
        if (sequence < _first)
            return;
        var latency = EventTime.Now(_time) - time;
        Volatile.Read(ref _recent).Add(latency);
        if (time >= SettledAt)
            Latency.Add(latency);
    }
}
