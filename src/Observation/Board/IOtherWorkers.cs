namespace Exports.Observation;

/// <summary>
/// What the other workers of a cluster know. One that does not answer in time is left out: what it knows is not shown, and the
/// rest is.
/// </summary>
public interface IOtherWorkers
{
    /// <summary>What they know of all connectors, without partitions and history.</summary>
    Task<IReadOnlyList<ConnectorPart>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>All that they know of a connector.</summary>
    Task<IReadOnlyList<ConnectorPart>> FindAsync(string connector, CancellationToken cancellationToken);

    /// <summary>They themselves. One that does not answer is there, and not ready.</summary>
    Task<IReadOnlyList<WorkerReading>> ReadWorkersAsync(CancellationToken cancellationToken);

    /// <summary>Has each set the level of a logger; one that does not answer keeps the level that it has.</summary>
    Task SetLogLevelAsync(string logger, string level, CancellationToken cancellationToken);
}
