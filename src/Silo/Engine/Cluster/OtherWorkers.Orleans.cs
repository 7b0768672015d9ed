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
            .Where(answer => answer.Json is not null).SelectMany(answer => BoardJson.Read<List<ConnectorPart>>(answer.Json!))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConnectorPart>> FindAsync(string connector, CancellationToken cancellationToken)
        => [.. (await AskAsync(worker => worker.FindAsync(connector), cancellationToken))
            .Where(answer => answer.Json is not null).Select(answer => BoardJson.Read<ConnectorPart>(answer.Json!))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkerReading>> ReadWorkersAsync(CancellationToken cancellationToken)
        => [.. (await AskAsync(async worker => await worker.ReadWorkerAsync(), cancellationToken)).Select(answer => answer.Json is { } json
            ? BoardJson.Read<WorkerReading>(json)
            : new() { WorkerId = answer.Silo.Endpoint.ToString(), Version = "unknown", Started = default, IsReady = false })];

    private async Task<(SiloAddress Silo, byte[]? Json)[]> AskAsync(Func<IWorkerGrain, Task<byte[]?>> ask, CancellationToken cancellationToken)
    {
        return await Task.WhenAll((await workers.FindAsync().WaitAsync(s_limit, time, cancellationToken)).Select(AskOneAsync));

        async Task<(SiloAddress, byte[]?)> AskOneAsync(SiloAddress silo)
        {
            try
            {
                return (silo, await ask(grains.GetGrain<IWorkerGrain>(silo.ToParsableString())).WaitAsync(s_limit, time, cancellationToken));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Silent(logger, silo, e.Message);
                return (silo, null);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The worker at {Silo} does not tell what it knows, and is left out: {Error}")]
        public static partial void Silent(ILogger logger, SiloAddress silo, string error);
    }
}
