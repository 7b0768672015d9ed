namespace Exports.Grains;

/// <summary>
/// The offsets that the connector keeps for partitions that no task is known to have: those of a stopped connector, of topics
/// that it no longer reads, and of partitions on their way from one task to another. An entry is the truth about its
/// partition until the task that the plan gives it to has taken that plan over; then the task is.
/// </summary>
internal static class Handover
{
    /// <summary>The entries that go with the next plan.</summary>
    /// <param name="entries">The entries so far.</param>
    /// <param name="current">The partitions of each task so far.</param>
    /// <param name="next">The partitions of each task in the next plan.</param>
    /// <param name="epoch">The next plan's epoch.</param>
    /// <param name="released">What tasks have given up, by task.</param>
    /// <param name="taken">The newest plan that each task is known to have taken over, by task.</param>
    /// <param name="givenUp">Partitions that exist no longer.</param>
    public static List<HandoverOffset> Next(
        IReadOnlyCollection<HandoverOffset> entries,
        IReadOnlyList<IReadOnlyList<PartitionRef>> current,
        IReadOnlyList<IReadOnlyList<PartitionRef>> next,
        long epoch,
        IReadOnlyDictionary<int, ReleaseResult> released,
        IReadOnlyDictionary<int, long> taken,
        IEnumerable<PartitionRef> givenUp)
    {
        var before = Owners(current);
        var after = Owners(next);
        var offsets = entries.ToDictionary(entry => entry.Ref());
        foreach (var (task, result) in released)
        {
            foreach (var offset in result.Offsets)
            {
                var partition = offset.Ref();
                if (before.GetValueOrDefault(partition, -1) == task && IsNewer(offsets, partition, result.Epoch))
                    offsets[partition] = new(offset.Topic, offset.Partition, offset.Offset, epoch);
            }
        }

        foreach (var partition in givenUp)
            offsets.Remove(partition);
        foreach (var (partition, entry) in offsets.ToArray())
        {
            var owner = before.GetValueOrDefault(partition, -1);
            if (owner != after.GetValueOrDefault(partition, -1))
                offsets[partition] = entry with { Epoch = epoch };
            else if (owner >= 0 && taken.GetValueOrDefault(owner) >= entry.Epoch)
                offsets.Remove(partition);
        }

        return Sorted(offsets.Values);
    }

    /// <summary>The offset of each partition of the connector, as the entries and its tasks know them.</summary>
    public static List<PartitionOffset> Overlay(
        IReadOnlyCollection<HandoverOffset> entries,
        IReadOnlyList<IReadOnlyList<PartitionRef>> plan,
        IReadOnlyDictionary<int, TaskOffsets> tasks)
    {
        var owners = Owners(plan);
        var offsets = entries.ToDictionary(entry => entry.Ref());
        foreach (var (task, answer) in tasks)
        {
            foreach (var offset in answer.Offsets)
            {
                var partition = offset.Ref();
                if (owners.GetValueOrDefault(partition, -1) == task && IsNewer(offsets, partition, answer.Epoch))
                    offsets[partition] = new(offset.Topic, offset.Partition, offset.Offset, answer.Epoch);
            }
        }

        return
        [
            .. Sorted(offsets.Values).Where(entry => entry.Offset != HandoverOffset.Reset)
                .Select(entry => new PartitionOffset(entry.Topic, entry.Partition, entry.Offset)),
        ];
    }

    /// <summary>The entries after a change by hand, of a connector without tasks.</summary>
    /// <param name="entries">The entries so far.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="replacesAll">Whether the entries of other partitions go.</param>
    /// <param name="leftInGroup">Partitions that shall have no offset, and of which the Kafka group still has one: it is to be ignored.</param>
    /// <param name="epoch">The plan at present.</param>
    public static List<HandoverOffset> Alter(
        IReadOnlyCollection<HandoverOffset> entries,
        IReadOnlyCollection<OffsetChange> changes,
        bool replacesAll,
        IEnumerable<PartitionRef> leftInGroup,
        long epoch)
    {
        var offsets = replacesAll ? [] : entries.ToDictionary(entry => entry.Ref());
        foreach (var change in changes)
        {
            var partition = new PartitionRef(change.Topic, change.Partition);
            if (change.Offset is { } offset)
                offsets[partition] = new(change.Topic, change.Partition, offset, epoch);
            else
                offsets.Remove(partition);
        }

        foreach (var partition in leftInGroup)
            offsets[partition] = new(partition.Topic, partition.Partition, HandoverOffset.Reset, epoch);
        return Sorted(offsets.Values);
    }

    /// <summary>The entries for a task's partitions.</summary>
    public static List<HandoverOffset> For(IReadOnlyCollection<PartitionRef> partitions, IReadOnlyCollection<HandoverOffset> entries)
    {
        var wanted = partitions.ToHashSet();
        return [.. entries.Where(entry => wanted.Contains(entry.Ref()))];
    }

    /// <summary>Whether a task that has taken over a plan knows better than the connector's entry, if there is one.</summary>
    private static bool IsNewer(Dictionary<PartitionRef, HandoverOffset> entries, PartitionRef partition, long taskEpoch)
        => !entries.TryGetValue(partition, out var entry) || taskEpoch >= entry.Epoch;

    private static Dictionary<PartitionRef, int> Owners(IReadOnlyList<IReadOnlyList<PartitionRef>> plan)
        => plan.Index().SelectMany(task => task.Item.Select(partition => (partition, task.Index)))
            .ToDictionary(entry => entry.partition, entry => entry.Index);

    private static List<HandoverOffset> Sorted(IEnumerable<HandoverOffset> entries)
        => [.. entries.OrderBy(entry => entry.Topic, StringComparer.Ordinal).ThenBy(entry => entry.Partition)];
}
