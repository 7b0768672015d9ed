namespace Exports.Grains;

/// <summary>
/// Remembers since when partitions of the plan have been missing from Kafka's metadata. A broker that has just started, or a
/// topic that is being made anew, answers incompletely: a partition is given up only after it has been missing for long.
/// </summary>
/// <param name="age">How long a partition may be missing.</param>
/// <param name="time">The clock. Its time of day plays no part: one that jumps ahead gives no partition up.</param>
internal sealed class MissingPartitions(TimeSpan age, TimeProvider time)
{
    private readonly Dictionary<PartitionRef, long> _since = [];

    /// <summary>Whether a partition is missing and has not been given up, so that time alone can change the plan.</summary>
    public bool Any => _since.Count > 0;

    /// <summary>Those of the missing partitions that are not given up yet.</summary>
    /// <param name="planned">The partitions that tasks hold and that are still subscribed to.</param>
    /// <param name="present">The partitions in the metadata.</param>
    public List<PartitionRef> Keep(IEnumerable<PartitionRef> planned, IReadOnlySet<PartitionRef> present)
    {
        var missing = planned.Where(partition => !present.Contains(partition)).ToHashSet();
        foreach (var partition in _since.Keys.Where(partition => !missing.Contains(partition)).ToList())
            _since.Remove(partition);
        foreach (var partition in missing)
            _since.TryAdd(partition, time.GetTimestamp());
        return [.. missing.Where(partition => time.GetElapsedTime(_since[partition]) < age)];
    }
}
