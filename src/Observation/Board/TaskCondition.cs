using Exports.Grains;

namespace Exports.Observation;

/// <summary>What the control plane knows of a task; published as a whole whenever it changes.</summary>
/// <param name="Number">The task's number.</param>
/// <param name="Run">What it is doing.</param>
/// <param name="WorkerId">The worker that it lives in.</param>
/// <param name="Trace">The error that it is down with, or what it waits for; null when all is well.</param>
/// <param name="Problem">The same as a trouble; null for none.</param>
/// <param name="Recovering">What it was down with last; counts until it has run well again. Null for nothing.</param>
/// <param name="Epoch">The epoch of its assignment.</param>
/// <param name="Heard">The highest epoch that it has heard of.</param>
/// <param name="Restarts">How often it has restarted itself since it last ran well.</param>
/// <param name="NextRestart">When it will restart itself; null when it will not.</param>
/// <param name="Started">When its pipeline was started; null without one.</param>
public sealed record TaskCondition(
    int Number,
    RunState Run,
    string WorkerId,
    string? Trace,
    Problem? Problem,
    Problem? Recovering,
    long Epoch,
    long Heard,
    int Restarts,
    DateTimeOffset? NextRestart,
    DateTimeOffset? Started);
