namespace Exports.Grains;

/// <summary>What an operator wants a connector to do.</summary>
[GenerateSerializer]
[Alias("exports.target-state")]
public enum TargetState
{
    /// <summary>Read and deliver.</summary>
    Running,

    /// <summary>Keep the resources, deliver nothing.</summary>
    Paused,

    /// <summary>Have no tasks; offsets may be changed.</summary>
    Stopped,
}

/// <summary>What a connector or task is doing.</summary>
[GenerateSerializer]
[Alias("exports.run-state")]
public enum RunState
{
    /// <summary>Not yet started.</summary>
    Unassigned,

    /// <summary>Working, or waiting for records.</summary>
    Running,

    /// <summary>Paused by its operator.</summary>
    Paused,

    /// <summary>Stopped by its operator (connectors only).</summary>
    Stopped,

    /// <summary>Down with an error; restarts by itself unless that is switched off.</summary>
    Failed,

    /// <summary>About to be started again.</summary>
    Restarting,
}

/// <summary>A connector's configuration and tasks.</summary>
/// <param name="Name">The connector's name.</param>
/// <param name="Config">The configuration with <c>name</c>, placeholders unresolved.</param>
/// <param name="Tasks">The numbers of its tasks, rising.</param>
[GenerateSerializer]
[Alias("exports.connector-info")]
public sealed record ConnectorInfo(
    [property: Id(0)] string Name,
    [property: Id(1)] Dictionary<string, string> Config,
    [property: Id(2)] List<int> Tasks);

/// <summary>The answer to a new configuration.</summary>
/// <param name="Created">True when the connector did not exist before.</param>
/// <param name="Info">The connector as it is now.</param>
[GenerateSerializer]
[Alias("exports.put-config-result")]
public sealed record PutConfigResult([property: Id(0)] bool Created, [property: Id(1)] ConnectorInfo Info);

/// <summary>The answer to the creation of a connector.</summary>
/// <param name="Info">The connector; null when there was one of that name already.</param>
/// <param name="InitialOffsets">What became of the initial offsets; null when there were none. Where they could not be set, the connector was not created.</param>
[GenerateSerializer]
[Alias("exports.create-result")]
public sealed record CreateResult([property: Id(0)] ConnectorInfo? Info, [property: Id(1)] AlterOffsetsResult? InitialOffsets);

/// <summary>The answer to a configuration that replaces another.</summary>
/// <param name="Replaced">False when the connector had another configuration than the one to replace.</param>
/// <param name="Info">The connector as it is now.</param>
[GenerateSerializer]
[Alias("exports.replace-config-result")]
public sealed record ReplaceConfigResult([property: Id(0)] bool Replaced, [property: Id(1)] ConnectorInfo Info);

/// <summary>Where a partition shall go on.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Offset">The offset of the next record to deliver; null for none, as if the connector had never read the partition.</param>
[GenerateSerializer]
[Alias("exports.offset-change")]
public readonly record struct OffsetChange(
    [property: Id(0)] string Topic,
    [property: Id(1)] int Partition,
    [property: Id(2)] long? Offset);

/// <summary>What became of a change of offsets.</summary>
[GenerateSerializer]
[Alias("exports.alter-offsets-outcome")]
public enum AlterOffsetsOutcome
{
    /// <summary>Done, at the destination as well.</summary>
    Altered,

    /// <summary>Done; whether the destination keeps offsets of its own, the connector does not say.</summary>
    AlteredHere,

    /// <summary>There is no such connector.</summary>
    UnknownConnector,

    /// <summary>The connector is not stopped.</summary>
    NotStopped,

    /// <summary>Tasks have not ended yet, or somebody else is active in the connector's Kafka group. Nothing was changed here.</summary>
    StillActive,

    /// <summary>Kafka or the destination does not answer, or refuses. Nothing was changed here; it may be tried again.</summary>
    Failed,

    /// <summary>It asks for what is not there, such as a partition. Nothing was changed.</summary>
    Invalid,
}

/// <summary>Where a connector's partitions stand.</summary>
/// <param name="Offsets">The offset of each partition of which one is known, by topic and partition.</param>
/// <param name="Problem">Why the connector's Kafka group could not be asked, without secrets; null when it was, or needed not be.</param>
[GenerateSerializer]
[Alias("exports.known-offsets")]
public sealed record KnownOffsets([property: Id(0)] List<PartitionOffset> Offsets, [property: Id(1)] string? Problem = null);

/// <summary>The answer to a change of offsets.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it was not done, without secrets; null when it was.</param>
[GenerateSerializer]
[Alias("exports.alter-offsets-result")]
public sealed record AlterOffsetsResult([property: Id(0)] AlterOffsetsOutcome Outcome, [property: Id(1)] string? Reason = null);

/// <summary>The states of a connector and of its tasks.</summary>
/// <param name="Name">The connector's name.</param>
/// <param name="State">The connector's own state.</param>
/// <param name="WorkerId">The worker that the connector grain lives in, as <c>host:port</c>.</param>
/// <param name="Trace">The connector's own error, or what it waits for (Kafka, a topic that does not exist yet); null when all is well.</param>
/// <param name="Tasks">Its tasks, by number.</param>
[GenerateSerializer]
[Alias("exports.connector-status")]
public sealed record ConnectorStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] RunState State,
    [property: Id(2)] string WorkerId,
    [property: Id(3)] string? Trace,
    [property: Id(4)] List<TaskState> Tasks)
{
    /// <summary>The <c>connector.class</c> of its configuration, so that a status can tell the plugin's version; null when not told.</summary>
    [Id(5)]
    public string? ConnectorClass { get; init; }

    /// <summary>The <c>connector.plugin.version</c> of its configuration; null when there is none.</summary>
    [Id(6)]
    public string? ConnectorPluginVersion { get; init; }

    /// <summary>Whether it does what it should, its tasks included.</summary>
    [Id(7)]
    public Health Health { get; init; }

    /// <summary>Its own trouble, not that of its tasks; null for none.</summary>
    [Id(8)]
    public Problem? Problem { get; init; }
}

/// <summary>What became of the wish to restart a task.</summary>
[GenerateSerializer]
[Alias("exports.restart-task-result")]
public enum RestartTaskResult
{
    /// <summary>It is being restarted.</summary>
    Restarting,

    /// <summary>There is no such connector.</summary>
    UnknownConnector,

    /// <summary>The connector has no task of that number.</summary>
    UnknownTask,
}
