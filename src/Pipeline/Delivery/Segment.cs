namespace Exports.Pipeline;

/// <summary>Neighbouring records of a batch that one put delivers.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="First">The index of the first record in it.</param>
/// <param name="Count">The number of records; at least 1.</param>
/// <param name="Bytes">The bytes of their keys and values.</param>
internal readonly record struct Segment(RecordBatch Batch, int First, int Count, long Bytes);
