namespace Exports.Grains;

/// <summary>A partition of a topic.</summary>
[GenerateSerializer]
[Alias("exports.partition-ref")]
public readonly record struct PartitionRef([property: Id(0)] string Topic, [property: Id(1)] int Partition);

/// <summary>Where a partition stands.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Offset">
/// The offset of the next record to deliver: all before it are delivered; or <see cref="HandoverOffset.Reset"/> between grains.
/// </param>
[GenerateSerializer]
[Alias("exports.partition-offset")]
public readonly record struct PartitionOffset(
    [property: Id(0)] string Topic,
    [property: Id(1)] int Partition,
    [property: Id(2)] long Offset);

/// <summary>Where a partition stands that changes hands.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Offset">The offset of the next record to deliver, or <see cref="Reset"/>.</param>
/// <param name="Epoch">
/// The plan that gave the partition to its task. A task that has taken over this plan or a later one has this offset already,
/// or a newer one of its own, and leaves the entry alone.
/// </param>
[GenerateSerializer]
[Alias("exports.handover-offset")]
public readonly record struct HandoverOffset(
    [property: Id(0)] string Topic,
    [property: Id(1)] int Partition,
    [property: Id(2)] long Offset,
    [property: Id(3)] long Epoch)
{
    /// <summary>In place of an offset: begin where <c>auto.offset.reset</c> says, whatever the connector's Kafka group has committed.</summary>
    public const long Reset = -1;
}

/// <summary>What a task has to do.</summary>
/// <param name="Epoch">The number of the plan; rises with every plan.</param>
/// <param name="Target">Running or paused.</param>
/// <param name="Config">The connector's configuration, placeholders unresolved.</param>
/// <param name="Partitions">All partitions of the task; may be empty.</param>
/// <param name="Offsets">
/// Offsets of those partitions that the task takes over from another, or that were changed by hand. A partition without an
/// entry goes on where the task itself left it, else where the connector's Kafka group left it, else where
/// <c>auto.offset.reset</c> says.
/// </param>
[GenerateSerializer]
[Alias("exports.task-assignment")]
public sealed record TaskAssignment(
    [property: Id(0)] long Epoch,
    [property: Id(1)] TargetState Target,
    [property: Id(2)] Dictionary<string, string> Config,
    [property: Id(3)] List<PartitionRef> Partitions,
    [property: Id(4)] List<HandoverOffset> Offsets);

/// <summary>The offsets that a task gave up.</summary>
/// <param name="Stale">True when the caller's epoch was not above the task's: nothing was given up.</param>
/// <param name="Offsets">One entry for each given-up partition whose offset is known.</param>
/// <param name="Epoch">The plan that the task had taken over last; 0 for none. When <paramref name="Stale"/>, the highest that it has heard of.</param>
[GenerateSerializer]
[Alias("exports.release-result")]
public sealed record ReleaseResult(
    [property: Id(0)] bool Stale,
    [property: Id(1)] List<PartitionOffset> Offsets,
    [property: Id(2)] long Epoch)
{
    /// <summary>The topics that the task has read records of.</summary>
    [Id(3)]
    public List<string> Topics { get; init; } = [];
}

/// <summary>Where a task's partitions stand.</summary>
/// <param name="Epoch">The plan that the task has taken over; 0 for none.</param>
/// <param name="Offsets">One entry for each of its partitions whose offset is known.</param>
[GenerateSerializer]
[Alias("exports.task-offsets")]
public sealed record TaskOffsets([property: Id(0)] long Epoch, [property: Id(1)] List<PartitionOffset> Offsets);

/// <summary>A task's state.</summary>
/// <param name="Number">The task's number, from 0.</param>
/// <param name="State">What it is doing.</param>
/// <param name="WorkerId">The worker that it lives in, as <c>host:port</c>.</param>
/// <param name="Trace">The error that it is down with, or what it waits for, as text without secrets; null when all is well.</param>
/// <param name="Epoch">The epoch of its assignment; 0 when it has none.</param>
/// <param name="Restarts">How often it has restarted itself since it last ran well.</param>
/// <param name="NextRestart">When it will restart itself; null when it will not.</param>
/// <param name="Heard">The highest epoch that it has heard of: above <paramref name="Epoch"/> when it has released partitions for the next plan.</param>
[GenerateSerializer]
[Alias("exports.task-state")]
public sealed record TaskState(
    [property: Id(0)] int Number,
    [property: Id(1)] RunState State,
    [property: Id(2)] string WorkerId,
    [property: Id(3)] string? Trace,
    [property: Id(4)] long Epoch,
    [property: Id(5)] int Restarts,
    [property: Id(6)] DateTimeOffset? NextRestart,
    [property: Id(7)] long Heard = 0)
{
    /// <summary>Whether it does what it should.</summary>
    [Id(8)]
    public Health Health { get; init; }

    /// <summary>Its trouble; null for none. It may outlast a restart, until the task has run well again.</summary>
    [Id(9)]
    public Problem? Problem { get; init; }
}
