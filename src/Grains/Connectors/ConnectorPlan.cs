namespace Exports.Grains;

/// <summary>Which task reads what.</summary>
/// <param name="Revision">The revision of the connector's state that the plan was made for.</param>
/// <param name="Target">The target state that it was made for.</param>
/// <param name="Group">The Kafka group that the offsets belong to, as the configuration chooses it; empty for the default.</param>
/// <param name="Tasks">The partitions of each task, by task number; none when the connector is stopped.</param>
[GenerateSerializer]
[Alias("exports.connector-plan")]
internal sealed record ConnectorPlan(
    [property: Id(0)] long Revision,
    [property: Id(1)] TargetState Target,
    [property: Id(2)] string Group,
    [property: Id(3)] List<List<PartitionRef>> Tasks)
{
    /// <summary>Whether the tasks have the same partitions.</summary>
    public bool HasSameTasks(List<List<PartitionRef>> tasks)
        => Tasks.Count == tasks.Count && Tasks.Zip(tasks).All(pair => pair.First.SequenceEqual(pair.Second));
}
