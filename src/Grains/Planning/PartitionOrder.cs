namespace Exports.Grains;

/// <summary>Orders partitions by topic name (ordinal), then by number.</summary>
internal sealed class PartitionOrder : IComparer<PartitionRef>
{
    public static PartitionOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(PartitionRef x, PartitionRef y)
    {
        var byTopic = string.CompareOrdinal(x.Topic, y.Topic);
        return byTopic != 0 ? byTopic : x.Partition.CompareTo(y.Partition);
    }
}
