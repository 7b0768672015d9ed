using Exports.Api.Errors;
using Exports.Grains;
using Exports.Grains.Storage.Sqlite;
using Exports.Silo.Configuration;
using Orleans.Configuration;

namespace Exports.Silo.Engine;

/// <summary>
/// Sets up the engine that runs the grains: a silo that is alone, with its state under the data directory, or one of a cluster, with
/// its state in Redis.
/// </summary>
internal static partial class WorkerEngine
{
    private const string DashboardPath = "/dashboard";

    /// <summary>Beyond what a task takes to end: the calls around it.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    /// <summary>How long a grain may take to end: deliver what is on its way, flush, store its offsets.</summary>
    public static TimeSpan DeactivationTimeout(WorkerConfig config) => config.ShutdownGrace + config.OffsetFlushTimeout + s_margin;

    public static void AddWorkerEngine(this WebApplicationBuilder builder, WorkerConfig config)
    {
        if (!config.RunsConnectors)
        {
            Ask(builder, config.Cluster!);
            return;
        }

        builder.UseOrleans(silo =>
        {
            if (config.Cluster is { } cluster)
            {
                Join(silo, cluster);
            }
            else
            {
                Alone(silo);
                silo.UseSqliteStorage(config.DataDir, GrainStorage.Name);
            }

            silo.Configure<GrainCollectionOptions>(options => options.DeactivationTimeout = DeactivationTimeout(config));
            if (WhyNoDashboard(config) is null)
                AddDashboard(silo);
        });
    }

    /// <summary>Serves the engine's dashboard, or tells why there is none.</summary>
    public static void MapWorkerDashboard(this IEndpointRouteBuilder routes, WorkerConfig config)
    {
        if (WhyNoDashboard(config) is { } reason)
            routes.Map(DashboardPath + "/{**path}", () => ApiErrors.NotFound(reason));
        else
            MapDashboard(routes);
    }

    /// <summary>Makes sure that the place of a worker's state is there, before anything begins that needs it.</summary>
    /// <exception cref="WorkerStartException">It is not.</exception>
    public static Task ReachStateAsync(this WebApplication app, WorkerConfig config) => config.RunsConnectors ? ReachStateAsync(app) : Task.CompletedTask;

    private static partial Task ReachStateAsync(WebApplication app);

    private static string? WhyNoDashboard(WorkerConfig config)
        => NoDashboard ?? (!config.RunsConnectors ? "The dashboard is served by the workers; this process runs no connectors." : config.ShowsDashboard ? null : $"The dashboard is switched off ({WorkerKeys.DashboardEnable}=false).");

    /// <summary>What the engine needs to be a cluster of one.</summary>
    static partial void Alone(ISiloBuilder silo);

    /// <summary>Makes the silo one of a cluster, with all that its grains need to be there.</summary>
    static partial void Join(ISiloBuilder silo, ClusterConfig cluster);

    /// <summary>Has grains called in the workers of a cluster, without a silo of its own.</summary>
    static partial void Ask(WebApplicationBuilder builder, ClusterConfig cluster);

    /// <summary>Has the silo collect what the dashboard shows.</summary>
    static partial void AddDashboard(ISiloBuilder silo);

    /// <summary>Serves the dashboard.</summary>
    static partial void MapDashboard(IEndpointRouteBuilder routes);
}
