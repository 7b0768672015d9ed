namespace Exports.Observation;

/// <summary>What metrics are read from at one time.</summary>
/// <param name="Board">The board.</param>
/// <param name="Connectors">All connectors of this worker, with their tasks.</param>
/// <param name="Load">What engine and data plane tell.</param>
/// <param name="Process">What the process takes of the machine.</param>
/// <param name="Version">The worker's version.</param>
public sealed record MetricsSnapshot(
    WorkerBoard Board,
    IReadOnlyList<(ConnectorEntry Entry, ConnectorReading Reading)> Connectors,
    IWorkerLoad Load,
    ProcessLoad Process,
    string Version);
