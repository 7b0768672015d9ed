namespace Exports.Connectors.Sdk;

/// <summary>A partition of a Kafka topic.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition's number, from 0.</param>
public readonly record struct TopicPartition(string Topic, int Partition) : IComparable<TopicPartition>
{
    /// <summary>Orders by topic name (ordinal), then by partition number.</summary>
    public int CompareTo(TopicPartition other)
    {
        var byTopic = string.CompareOrdinal(Topic, other.Topic);
        return byTopic != 0 ? byTopic : Partition.CompareTo(other.Partition);
    }

    /// <summary><c>topic-partition</c>, as Kafka writes it.</summary>
    public override string ToString() => $"{Topic}-{Partition}";
}
