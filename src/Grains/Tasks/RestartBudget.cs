using Exports.Pipeline;

namespace Exports.Grains;

/// <summary>
/// When a failed task may restart itself: after <c>task.restart.delay.ms</c>, doubled for each further restart up to
/// <c>task.restart.delay.max.ms</c>, and no more than <c>task.restart.max.attempts</c> times. A spell of good work makes it
/// start over.
/// </summary>
internal sealed class RestartBudget(TaskRestartPolicy policy)
{
    private static readonly TimeSpan s_leastHealthySpell = TimeSpan.FromMinutes(1);

    private readonly Backoff _backoff = new(policy.Delay, policy.MaxDelay);

    /// <summary>Restarts since the task last ran well.</summary>
    public int Restarts => _backoff.Attempts;

    /// <summary>How long a task must run to have run well: ten initial delays, and no less than a minute.</summary>
    public TimeSpan HealthySpell => policy.Delay * 10 > s_leastHealthySpell ? policy.Delay * 10 : s_leastHealthySpell;

    /// <summary>The time until the next restart, which is counted; null when there is to be none.</summary>
    public TimeSpan? Next()
        => policy.Enabled && (policy.MaxAttempts < 0 || Restarts < policy.MaxAttempts) ? _backoff.Next() : null;

    /// <summary>The task has run well, or somebody has mended it.</summary>
    public void Reset() => _backoff.Reset();
}
