using Exports.Observation;
using Exports.Silo.Configuration;

namespace Exports.Silo.Engine.Cluster;

/// <summary>What a silo of a cluster has besides that of a worker that is alone.</summary>
internal static class ClusterServices
{
    /// <summary>Adds failover, balance, and what workers tell one another; membership and storage are the caller's.</summary>
    public static void AddMember(this IServiceCollection services, ClusterConfig cluster)
    {
        services.AddSingleton(cluster);
        services.AddPlacementDirector<OnSiloPlacement, OnSiloDirector>();
        services.AddSingleton<WorkerReadiness>();
        services.AddSingleton<IWorkersToAsk, WorkersBeside>();
        services.AddSingleton<IOtherWorkers, OtherWorkers>();
        services.AddHostedService<ClusterWatch>();
        services.AddHostedService<Balancer>();
        // Spreads from the start; the balancer does the rest.
        services.AddSingleton<PlacementStrategy, ActivationCountBasedPlacement>();
    }
}
