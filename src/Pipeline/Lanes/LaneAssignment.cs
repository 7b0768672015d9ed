using Confluent.Kafka;

namespace Exports.Pipeline;

/// <summary>What a lane's thread knows of a partition while its consumer reads it.</summary>
internal sealed class LaneAssignment(LanePartition partition)
{
    public LanePartition Partition { get; } = partition;

    /// <summary>librdkafka's handle of the topic, under which the lane finds the partition; 0 until its first record.</summary>
    public nint TopicHandle { get; set; }

    /// <summary>The last error that was logged, so that one that persists is logged once.</summary>
    public ErrorCode LastError { get; set; }
}
