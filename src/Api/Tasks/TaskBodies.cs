using System.Text.Json.Serialization;
using Exports.Api.Operations;

namespace Exports.Api.Tasks;

/// <summary>A task's name.</summary>
internal sealed record TaskIdBody(string Connector, int Task);

/// <summary>A task and its configuration, placeholders unresolved.</summary>
internal sealed record TaskInfoBody(TaskIdBody Id, Dictionary<string, string> Config);

/// <summary>What a task is doing.</summary>
internal sealed record TaskStatusBody(
    int Id,
    string State,
    string WorkerId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Trace,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version)
{
    /// <summary>Whether it does what it should.</summary>
    public required string Health { get; init; }

    /// <summary>Its trouble.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProblemBody? Problem { get; init; }

    /// <summary>How often it has restarted itself since it last ran well.</summary>
    public int Restarts { get; init; }

    /// <summary>When it will restart itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextRestart { get; init; }
}
