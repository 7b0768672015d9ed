namespace Exports.Grains;

/// <summary>How far a pipeline has come in a partition.</summary>
/// <param name="Offset">The offset of the next record to deliver.</param>
/// <param name="Since">The ownership (<see cref="OwnedPartition.Since"/>) in which it was reached.</param>
/// <param name="WasReset">Whether it counts even if it is lower than what was reached before: <c>auto.offset.reset</c> has moved reading.</param>
internal readonly record struct ReachedOffset(long Offset, long Since, bool WasReset = false)
{
    /// <summary>Whether it takes the place of another offset that was reached in the same ownership.</summary>
    public bool Replaces(long? other) => WasReset ? Offset != other : Offset > (other ?? -1);
}
