using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// A partition that is read for a task, from its assignment to its revocation. Which fields belong to whom:
/// the inbox's lock guards where reading stands, the lane's thread owns whether librdkafka reads, and the delivery loop
/// owns the acknowledgement.
/// </summary>
internal sealed class LanePartition(TopicPartition id, Inbox inbox, ILaneReader reader, long position)
{
    /// <summary>librdkafka's name for the first record that there is.</summary>
    public const long Beginning = -2;

    private Lane? _lane;

    public TopicPartition Id { get; } = id;

    public Inbox Inbox { get; } = inbox;

    public ILaneReader Reader { get; } = reader;

    // Guarded by the inbox.

    /// <summary>The offset of the next record that the inbox takes, or <see cref="Beginning"/>.</summary>
    public long Position { get; set; } = position;

    /// <summary>Whether the inbox takes records. When not, the lane stops reading, and starts anew at <see cref="Position"/>.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Set when the task has given the partition up: it is never read again.</summary>
    public bool IsRevoked { get; set; }

    // Set by the lane set.

    /// <summary>The lane that reads it; null while the task is paused.</summary>
    public Lane? Lane
    {
        get => Volatile.Read(ref _lane);
        set => Volatile.Write(ref _lane, value);
    }

    // The lane's thread.

    /// <summary>Whether librdkafka reads it.</summary>
    public bool IsAssigned { get; set; }

    /// <summary>librdkafka's handle of the topic, under which the lane finds the partition; 0 until its first record.</summary>
    public nint TopicHandle { get; set; }

    /// <summary>The last error that was logged, so that one that persists is logged once.</summary>
    public Confluent.Kafka.ErrorCode LastError { get; set; }

    // The delivery loop.

    public PartitionAcknowledgement Acknowledgement { get; } = new(position);

    public override string ToString() => Id.ToString();
}
