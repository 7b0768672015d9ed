namespace Exports.Pipeline;

/// <summary>
/// Something that the delivery loop does while no put is under way. One whose task is completed from outside, because its
/// caller waits no longer, is passed over.
/// </summary>
internal sealed class DeliveryCommand(bool flushes, IReadOnlyList<LanePartition>? partitions, CancellationToken cancellationToken)
    : TaskCompletionSource<IReadOnlyList<CommittableOffset>>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>Whether the sink is to be flushed; else the command only waits for the puts to end.</summary>
    public bool Flushes { get; } = flushes;

    /// <summary>The partitions whose offsets are asked for; null for all.</summary>
    public IReadOnlyList<LanePartition>? Partitions { get; } = partitions;

    /// <summary>The caller's.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
