namespace Exports.Observation;

/// <summary>The others of a worker that is alone.</summary>
public sealed class NoOtherWorkers : IOtherWorkers
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<ConnectorPart>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ConnectorPart>>([]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConnectorPart>> FindAsync(string connector, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<ConnectorPart>>([]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkerReading>> ReadWorkersAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<WorkerReading>>([]);

    /// <inheritdoc/>
    public Task SetLogLevelAsync(string logger, string level, CancellationToken cancellationToken) => Task.CompletedTask;
}
