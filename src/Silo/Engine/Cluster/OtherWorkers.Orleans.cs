using Exports.Observation;

namespace Exports.Silo.Engine.Cluster;

/// <inheritdoc/>
internal sealed partial class OtherWorkers(
    IGrainFactory grains, IWorkersToAsk workers, TimeProvider time, ILogger<OtherWorkers> logger) : IOtherWorkers
{
    // Whoever looks at a list waits for it.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConnectorPart>> ReadAsync(CancellationToken cancellationToken)
        => [.. (await AskAsync(async worker => await worker.ReadAsync(), cancellationToken))
            .Where(answer => answer.Answer is not null).SelectMany(answer => BoardJson.Read<List<ConnectorPart>>(answer.Answer!))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConnectorPart>> FindAsync(string connector, CancellationToken cancellationToken)
        => [.. (await AskAsync(worker => worker.FindAsync(connector), cancellationToken))
            .Where(answer => answer.Answer is not null).Select(answer => BoardJson.Read<ConnectorPart>(answer.Answer!))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkerReading>> ReadWorkersAsync(CancellationToken cancellationToken)
        => [.. (await AskAsync(async worker => await worker.ReadWorkerAsync(), cancellationToken)).Select(answer => answer.Answer is { } json
            ? BoardJson.Read<WorkerReading>(json)
            : new() { WorkerId = answer.Silo.Endpoint.ToString(), Version = "unknown", Started = default, IsReady = false })];

    /// <inheritdoc/>
    public Task SetLogLevelAsync(string logger, string level, CancellationToken cancellationToken)
        => AskAsync(worker => worker.SetLogLevelAsync(logger, level), cancellationToken);

    private async Task<(SiloAddress Silo, T? Answer)[]> AskAsync<T>(Func<IWorkerGrain, Task<T>> ask, CancellationToken cancellationToken)
    {
        return await Task.WhenAll((await workers.FindAsync().WaitAsync(s_limit, time, cancellationToken)).Select(AskOneAsync));

        async Task<(SiloAddress, T?)> AskOneAsync(SiloAddress silo)
        {
            try
            {
                return (silo, await ask(grains.GetGrain<IWorkerGrain>(silo.ToParsableString())).WaitAsync(s_limit, time, cancellationToken));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Silent(logger, silo, e.Message);
                return (silo, default);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The worker at {Silo} does not tell what it knows, and is left out: {Error}")]
        public static partial void Silent(ILogger logger, SiloAddress silo, string error);
    }
}
