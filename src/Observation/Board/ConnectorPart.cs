namespace Exports.Observation;

/// <summary>What one worker knows of a connector.</summary>
/// <param name="Name">The connector's name.</param>
/// <param name="Condition">Its condition; null where it does not live in that worker.</param>
/// <param name="Tasks">Those of its tasks that live in that worker.</param>
/// <param name="History">What has happened there, newest first; empty in lists.</param>
public sealed record ConnectorPart(
    string Name, ConnectorCondition? Condition, IReadOnlyList<TaskReading> Tasks, IReadOnlyList<HistoryEntry> History)
{
    /// <summary>What the board of this worker knows.</summary>
    /// <param name="entry">The connector's entry.</param>
    /// <param name="isWhole">Whether partitions and history are told as well, which lists do without.</param>
    public static ConnectorPart Of(ConnectorEntry entry, bool isWhole)
    {
        var tasks = entry.Tasks.Select(task => task.Latest).OfType<TaskReading>();
        return new(
            entry.Name,
            entry.Condition,
            [.. isWhole ? tasks : tasks.Select(task => task with { Partitions = [] })],
            isWhole ? entry.History : []);
    }
}
