using System.Text.Json.Serialization;
using Exports.Api.Operations;
using Exports.Api.Tasks;
using Exports.Grains;

namespace Exports.Api.Connectors;

/// <summary>A connector.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its configuration with <c>name</c>, placeholders unresolved.</param>
/// <param name="Tasks">Its tasks, by number.</param>
/// <param name="Type">Always <c>sink</c>.</param>
internal sealed record ConnectorInfoBody(
    string Name, Dictionary<string, string> Config, IReadOnlyList<TaskIdBody> Tasks, string Type)
{
    /// <summary>What became of the initial offsets that it was created with; left out when there were none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OffsetsStatus { get; init; }

    public static ConnectorInfoBody From(ConnectorInfo info)
        => new(info.Name, info.Config, [.. info.Tasks.Select(task => new TaskIdBody(info.Name, task))], ConnectorStatusBody.Sink);
}

/// <summary>The states of a connector and of its tasks.</summary>
internal sealed record ConnectorStatusBody(
    string Name, ConnectorStateBody Connector, IReadOnlyList<TaskStatusBody> Tasks, string Type)
{
    public const string Sink = "sink";
}

/// <summary>The state of a connector itself.</summary>
internal sealed record ConnectorStateBody(
    string State,
    string WorkerId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Trace,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version)
{
    /// <summary>Whether it does what it should, its tasks included.</summary>
    public required string Health { get; init; }

    /// <summary>Its own trouble.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProblemBody? Problem { get; init; }
}

/// <summary>A connector in an expanded listing; holds what was asked for.</summary>
internal sealed record ConnectorListingBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConnectorInfoBody? Info,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConnectorStatusBody? Status);

/// <summary>How far a connector has delivered.</summary>
internal sealed record ConnectorOffsetsBody(IReadOnlyList<PartitionOffsetBody> Offsets)
{
    public static ConnectorOffsetsBody From(List<PartitionOffset> offsets)
        => new([.. offsets.Select(o => new PartitionOffsetBody(new(o.Topic, o.Partition), new(o.Offset)))]);
}

/// <summary>The topics that a connector has read records of, by name.</summary>
internal sealed record ConnectorTopicsBody(IReadOnlyList<string> Topics);

/// <summary>What was done, in a sentence.</summary>
internal sealed record MessageBody(string Message);

/// <summary>A partition and its offset.</summary>
internal sealed record PartitionOffsetBody(PartitionBody Partition, OffsetBody Offset);

/// <summary>A partition of a topic.</summary>
internal sealed record PartitionBody(string KafkaTopic, int KafkaPartition);

/// <summary>The offset of the next record to deliver.</summary>
internal sealed record OffsetBody(long KafkaOffset);
