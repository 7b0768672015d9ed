using Exports.Api.Plugins;
using Exports.Api.Tasks;
using Exports.Grains;

namespace Exports.Api.Connectors;

/// <summary>Writes states as Kafka Connect does.</summary>
internal sealed class StatusBodies(PluginInstances plugins)
{
    public ConnectorStatusBody From(ConnectorStatus status)
    {
        var version = Version(status);
        return new(
            status.Name,
            new(Name(status.State), status.WorkerId, NullIfEmpty(status.Trace), version),
            [.. status.Tasks.OrderBy(task => task.Number).Select(task => From(task, version))],
            ConnectorStatusBody.Sink);
    }

    /// <summary>One task of a connector, or null when it has none of that number.</summary>
    public TaskStatusBody? From(ConnectorStatus status, int task)
        => status.Tasks.Find(candidate => candidate.Number == task) is { } found ? From(found, Version(status)) : null;

    /// <summary>A connector that did not answer.</summary>
    public static ConnectorStatusBody Unknown(string connector, string trace)
        => new(connector, new(Name(RunState.Unassigned), "", trace, null), [], ConnectorStatusBody.Sink);

    private static TaskStatusBody From(TaskState task, string? version)
        => new(task.Number, Name(task.State), task.WorkerId, NullIfEmpty(task.Trace), version);

    private string? Version(ConnectorStatus status)
        => status.ConnectorClass is { } connectorClass ? plugins.Find(connectorClass, status.ConnectorPluginVersion)?.Version : null;

    private static string? NullIfEmpty(string? trace) => string.IsNullOrEmpty(trace) ? null : trace;

    private static string Name(RunState state) => state switch
    {
        RunState.Unassigned => "UNASSIGNED",
        RunState.Running => "RUNNING",
        RunState.Paused => "PAUSED",
        RunState.Stopped => "STOPPED",
        RunState.Failed => "FAILED",
        RunState.Restarting => "RESTARTING",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A state without a name."),
    };
}
