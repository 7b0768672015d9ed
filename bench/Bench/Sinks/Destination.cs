using Exports.Harness;

namespace Exports.Bench.Sinks;

/// <summary>Where a sink and its raw loop send to: what counts there, and which processes it is.</summary>
/// <param name="CountAsync">How many records it has accepted since the last reset.</param>
/// <param name="ResetAsync">Begins to count from zero.</param>
/// <param name="Processes">Its processes, by what they are called.</param>
internal sealed record Destination(Func<Task<long>> CountAsync, Func<Task> ResetAsync, params (string Name, ChildProcess Process)[] Processes);
