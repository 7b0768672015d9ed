using Exports.Grains;

namespace Exports.Observation;

/// <summary>Judges a connector by itself and its tasks.</summary>
public static class ConnectorHealth
{
    /// <summary>The connector's health.</summary>
    /// <param name="run">Its own state.</param>
    /// <param name="target">What its operators want.</param>
    /// <param name="problem">Its own trouble; null for none.</param>
    /// <param name="tasks">Its tasks' health.</param>
    public static Health Of(RunState run, TargetState target, Problem? problem, IEnumerable<Health> tasks)
    {
        if (target == TargetState.Stopped)
            return Health.Stopped;
        if (run == RunState.Failed)
            return Health.Unhealthy;
        var (count, unhealthy, healthy, paused) = (0, 0, 0, 0);
        foreach (var task in tasks)
        {
            count++;
            if (task == Health.Unhealthy)
                unhealthy++;
            else if (task == Health.Healthy)
                healthy++;
            else if (task == Health.Paused)
                paused++;
        }

        if (problem is not null)
            return healthy > 0 ? Health.Degraded : Health.Unhealthy;
        if (unhealthy > 0)
            return unhealthy == count ? Health.Unhealthy : Health.Degraded;
        if (target == TargetState.Paused)
            return Health.Paused;
        if (run == RunState.Unassigned)
            return Health.Starting;
        return healthy + paused == count ? Health.Healthy : Health.Starting;
    }
}
