using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>How far a partition that a pipeline reads has come.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Acknowledged">The offset of the next record that the destination has yet to acknowledge; null when none is known yet.</param>
/// <param name="End">The offset that the next record written to the partition gets, as Kafka last told the reader; null when it has not.</param>
/// <param name="Problem">Why Kafka does not let it be read at present; null when it does.</param>
public readonly record struct PartitionProgress(TopicPartition Partition, long? Acknowledged, long? End, string? Problem);
