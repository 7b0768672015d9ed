namespace Exports.Grains;

/// <summary>How far a pipeline has come in a partition.</summary>
/// <param name="Offset">The offset of the next record to deliver.</param>
/// <param name="Since">The ownership (<see cref="OwnedPartition.Since"/>) in which it was reached.</param>
internal readonly record struct ReachedOffset(long Offset, long Since);
