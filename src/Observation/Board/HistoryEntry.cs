using Exports.Grains;

namespace Exports.Observation;

/// <summary>Something that happened to a connector or task.</summary>
/// <param name="Time">When.</param>
/// <param name="Task">The task's number; null for the connector itself.</param>
/// <param name="Action">What was asked for, such as <c>PAUSE</c>; null when it is a change of state.</param>
/// <param name="From">The state before; null for an action, or when there was none.</param>
/// <param name="To">The state after; null for an action.</param>
/// <param name="Reason">Why, without secrets; null when there is nothing to say.</param>
/// <param name="Problem">The trouble behind it; null for none.</param>
public sealed record HistoryEntry(
    DateTimeOffset Time, int? Task, string? Action, string? From, string? To, string? Reason, Problem? Problem);
