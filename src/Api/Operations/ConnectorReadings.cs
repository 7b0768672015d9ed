using Exports.Api.Connectors;
using Exports.Observation;

namespace Exports.Api.Operations;

/// <summary>Reads all connectors, those that have not started yet included.</summary>
internal sealed class ConnectorReadings(WorkerBoard board, ConnectorCalls calls)
{
    public async Task<List<ConnectorReading>> ReadAsync(CancellationToken cancellationToken)
    {
        var names = await calls.ListAsync(cancellationToken);
        var readings = new List<ConnectorReading>(names.Count);
        foreach (var name in names)
            readings.Add(board.Find(name) is { } entry ? ConnectorReading.Of(entry) : ConnectorReading.NotStarted(name));
        return readings;
    }
}
