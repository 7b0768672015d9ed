using Exports.Grains;

namespace Exports.Observation;

/// <summary>What the control plane knows of a connector; published as a whole whenever it changes.</summary>
/// <param name="Run">What it is doing.</param>
/// <param name="Target">What its operators want.</param>
/// <param name="WorkerId">The worker that it lives in.</param>
/// <param name="Class">The <c>connector.class</c> of its configuration.</param>
/// <param name="PluginVersion">The <c>connector.plugin.version</c> of its configuration; null when there is none.</param>
/// <param name="Tasks">How many tasks its plan has.</param>
/// <param name="Problem">Its own trouble; null for none.</param>
public sealed record ConnectorCondition(
    RunState Run, TargetState Target, string WorkerId, string? Class, string? PluginVersion, int Tasks, Problem? Problem)
{
    /// <summary>The health of its tasks by number, wherever they live, when it last asked them; empty before that.</summary>
    public IReadOnlyList<Health> TaskHealth { get; init; } = [];
}
