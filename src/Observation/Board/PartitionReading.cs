namespace Exports.Observation;

/// <summary>Where a partition of a task stands.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Committed">The stored offset of the next record to deliver; null when none is stored.</param>
/// <param name="Acknowledged">The offset of the next record that the destination has yet to acknowledge; null when not known.</param>
/// <param name="End">The offset of the next record that will be written; null when not known.</param>
public readonly record struct PartitionReading(string Topic, int Partition, long? Committed, long? Acknowledged, long? End)
{
    /// <summary>Records behind the end by the stored offset, or while none is stored by what the destination has acknowledged; null when not known.</summary>
    public long? Lag => End is { } end && (Committed ?? Acknowledged) is { } offset ? Math.Max(0, end - offset) : null;

    /// <summary>Records behind the end by what the destination has acknowledged; null when not known.</summary>
    public long? AcknowledgedLag => End is { } end && (Acknowledged ?? Committed) is { } offset ? Math.Max(0, end - offset) : null;
}
