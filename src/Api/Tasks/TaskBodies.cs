using System.Text.Json.Serialization;

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
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version);
