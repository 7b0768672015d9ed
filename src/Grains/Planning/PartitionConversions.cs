using Exports.Connectors.Sdk;

namespace Exports.Grains;

/// <summary>Between the partitions of grain calls and those of the data plane.</summary>
internal static class PartitionConversions
{
    public static PartitionRef Ref(this TopicPartition partition) => new(partition.Topic, partition.Partition);

    public static PartitionRef Ref(this PartitionOffset offset) => new(offset.Topic, offset.Partition);

    public static PartitionRef Ref(this HandoverOffset offset) => new(offset.Topic, offset.Partition);

    public static PartitionRef Ref(this OwnedPartition partition) => new(partition.Topic, partition.Partition);

    public static TopicPartition ToTopicPartition(this PartitionRef partition) => new(partition.Topic, partition.Partition);
}
