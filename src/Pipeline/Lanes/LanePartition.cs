using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// A partition that is read for a task, from its assignment to its revocation. Which fields belong to whom:
/// the inbox's lock guards where reading stands, the lane set chooses the lane, and the delivery loop owns the
/// acknowledgement. What a lane's thread knows of it is the lane's own (<see cref="LaneAssignment"/>), since a partition that
/// changes lanes is known to two of them for a while.
/// </summary>
internal sealed class LanePartition(TopicPartition id, Inbox inbox, ILaneReader reader, long position)
{
    /// <summary>librdkafka's name for the first record that there is.</summary>
    public const long Beginning = -2;

    private Lane? _lane;
    private string? _problem;

    public TopicPartition Id { get; } = id;

    public Inbox Inbox { get; } = inbox;

    public ILaneReader Reader { get; } = reader;

    // Guarded by the inbox.

    /// <summary>The offset of the next record that the inbox takes, or <see cref="Beginning"/>.</summary>
    public long Position { get; set; } = position;

    /// <summary>
    /// The lane from which the inbox takes records; null for none. A lane that is refused stops reading, and starts anew at
    /// <see cref="Position"/>. One that the partition has left may still have records of it, which the inbox must not mistake
    /// for those of the lane that reads it now: there would be a gap before them.
    /// </summary>
    public Lane? OpenFor { get; set; }

    /// <summary>Set when the task has given the partition up: it is never read again.</summary>
    public bool IsRevoked { get; set; }

    // Set by the lane set.

    /// <summary>The lane that reads it; null while the task is paused.</summary>
    public Lane? Lane
    {
        get => Volatile.Read(ref _lane);
        set => Volatile.Write(ref _lane, value);
    }

    // Set by the lane's thread.

    /// <summary>Why Kafka does not let it be read at present; null when it does.</summary>
    public string? Problem
    {
        get => Volatile.Read(ref _problem);
        set
        {
            // Read for every batch, and hardly ever there.
            if (_problem is not null || value is not null)
                Volatile.Write(ref _problem, value);
        }
    }

    // The delivery loop.

    public PartitionAcknowledgement Acknowledgement { get; } = new(position);

    /// <summary>Whether reading was moved by <c>auto.offset.reset</c>, maybe back, since the partition was assigned.</summary>
    public bool WasReset { get; set; }

    public override string ToString() => Id.ToString();
}
