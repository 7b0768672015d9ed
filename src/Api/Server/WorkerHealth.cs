using Exports.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Server;

/// <summary>Tells whether this worker can answer for its connectors.</summary>
internal sealed partial class WorkerHealth(
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    ApiOptions options,
    TimeProvider time,
    ILogger<WorkerHealth> logger)
{
    /// <summary>Whether the worker has started and is not stopping.</summary>
    public bool IsServing
        => lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>HTTP status and body: 503 while it starts, 200 when the control plane answers in time, else 500.</summary>
    public async Task<(int Status, WorkerStatusBody Body)> CheckAsync(CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return (StatusCodes.Status500InternalServerError, new("unhealthy", "Worker is shutting down."));
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return (StatusCodes.Status503ServiceUnavailable, new("starting", "Worker is still starting up."));
        try
        {
            await grains.GetGrain<IConnectorIndexGrain>(IConnectorIndexGrain.Key).ListAsync()
                .WaitAsync(options.HealthTimeout, time, cancellationToken);
            return (StatusCodes.Status200OK, new("healthy", "Worker has completed startup and is ready to handle requests."));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unhealthy(logger, e);
            return (
                StatusCodes.Status500InternalServerError,
                new("unhealthy", "Worker was unable to handle this request and may be unable to handle other requests."));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The health check failed: the connector index did not answer")]
        public static partial void Unhealthy(ILogger logger, Exception error);
    }
}
