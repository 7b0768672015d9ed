namespace Exports.Pipeline;

/// <summary>Whether and when a failed task restarts itself.</summary>
/// <param name="Enabled"><c>task.restart.enabled</c>.</param>
/// <param name="Delay"><c>task.restart.delay.ms</c>: before the first restart; doubled for each further one.</param>
/// <param name="MaxDelay"><c>task.restart.delay.max.ms</c>: the longest delay.</param>
/// <param name="MaxAttempts">
/// <c>task.restart.max.attempts</c>: the most restarts without a healthy spell between; −1 for no limit.
/// </param>
public sealed record TaskRestartPolicy(bool Enabled, TimeSpan Delay, TimeSpan MaxDelay, int MaxAttempts);
