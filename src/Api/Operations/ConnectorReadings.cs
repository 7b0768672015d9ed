using Exports.Api.Connectors;
using Exports.Observation;

namespace Exports.Api.Operations;

/// <summary>Reads what the workers know of connectors.</summary>
internal sealed class ConnectorReadings(WorkerBoard board, IOtherWorkers others, ConnectorCalls calls)
{
    /// <summary>All connectors, those that have not started yet included. Partitions are told only of tasks that live in this worker.</summary>
    public async Task<List<ConnectorReading>> ReadAsync(CancellationToken cancellationToken)
    {
        var names = await calls.ListAsync(cancellationToken);
        var elsewhere = (await others.ReadAsync(cancellationToken)).ToLookup(part => part.Name, StringComparer.Ordinal);
        var readings = new List<ConnectorReading>(names.Count);
        foreach (var name in names)
        {
            var here = board.Find(name);
            readings.Add((here, elsewhere.Contains(name)) switch
            {
                (null, false) => ConnectorReading.NotStarted(name),
                (not null, false) => ConnectorReading.Of(here),
                _ => ConnectorReading.Of(name, Parts(here, isWhole: false).Concat(elsewhere[name])),
            });
        }

        return readings;
    }

    /// <summary>A connector, and what has happened to it, newest first.</summary>
    public async Task<(ConnectorReading Reading, IReadOnlyList<HistoryEntry> History)> FindAsync(string name, CancellationToken cancellationToken)
    {
        ConnectorPart[] parts = [.. Parts(board.Find(name), isWhole: true), .. await others.FindAsync(name, cancellationToken)];
        return (ConnectorReading.Of(name, parts), [.. parts.SelectMany(part => part.History).OrderByDescending(entry => entry.Time)]);
    }

    private static IEnumerable<ConnectorPart> Parts(ConnectorEntry? entry, bool isWhole) => entry is null ? [] : [ConnectorPart.Of(entry, isWhole)];
}
