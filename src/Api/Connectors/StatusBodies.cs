using Exports.Api.Operations;
using Exports.Api.Plugins;
using Exports.Api.Tasks;
using Exports.Grains;
using Exports.Observation;

namespace Exports.Api.Connectors;

/// <summary>Writes states as Kafka Connect does.</summary>
internal sealed class StatusBodies(PluginInstances plugins)
{
    public ConnectorStatusBody From(ConnectorStatus status)
    {
        var version = Version(status);
        return new(
            status.Name,
            new(Words.Of(status.State), status.WorkerId, NullIfEmpty(status.Trace), version)
            {
                Health = Words.Of(status.Health),
                Problem = OperationsText.From(status.Problem),
            },
            [.. status.Tasks.OrderBy(task => task.Number).Select(task => From(task, version))],
            ConnectorStatusBody.Sink);
    }

    /// <summary>One task of a connector, or null when it has none of that number.</summary>
    public TaskStatusBody? From(ConnectorStatus status, int task)
        => status.Tasks.Find(candidate => candidate.Number == task) is { } found ? From(found, Version(status)) : null;

    /// <summary>A connector that did not answer.</summary>
    public static ConnectorStatusBody Unknown(string connector, string trace)
        => new(
            connector,
            new(Words.Of(RunState.Unassigned), "", trace, null) { Health = Words.Of(Health.Unhealthy) },
            [],
            ConnectorStatusBody.Sink);

    private static TaskStatusBody From(TaskState task, string? version)
        => new(task.Number, Words.Of(task.State), task.WorkerId, NullIfEmpty(task.Trace), version)
        {
            Health = Words.Of(task.Health),
            Problem = OperationsText.From(task.Problem),
            Restarts = task.Restarts,
            NextRestart = task.NextRestart,
        };

    private string? Version(ConnectorStatus status)
        => status.ConnectorClass is { } connectorClass ? plugins.Find(connectorClass, status.ConnectorPluginVersion)?.Version : null;

    private static string? NullIfEmpty(string? trace) => string.IsNullOrEmpty(trace) ? null : trace;
}
