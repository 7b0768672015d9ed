namespace Exports.Observation;

/// <summary>A partition of a task and its stored offset.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Committed">The offset of the next record to deliver as it is stored; null while none is.</param>
public readonly record struct OwnedOffset(string Topic, int Partition, long? Committed);
