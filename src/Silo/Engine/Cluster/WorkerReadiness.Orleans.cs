using Microsoft.Extensions.Hosting;

namespace Exports.Silo.Engine.Cluster;

/// <summary>Whether requests should come to this worker: from its start until it begins to stop.</summary>
internal sealed class WorkerReadiness(IHostApplicationLifetime lifetime)
{
    public bool IsReady => lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
}
