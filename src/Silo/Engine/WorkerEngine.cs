using Exports.Api.Errors;
using Exports.Grains;
using Exports.Grains.Storage.Sqlite;
using Exports.Silo.Configuration;
using Orleans.Configuration;

namespace Exports.Silo.Engine;

/// <summary>Sets up the engine that runs the grains: one silo, with its state under the data directory.</summary>
internal static partial class WorkerEngine
{
    private const string DashboardPath = "/dashboard";

    /// <summary>Beyond what a task takes to end: the calls around it.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    /// <summary>How long a grain may take to end: deliver what is on its way, flush, store its offsets.</summary>
    public static TimeSpan DeactivationTimeout(WorkerConfig config) => config.ShutdownGrace + config.OffsetFlushTimeout + s_margin;

    public static void AddWorkerEngine(this WebApplicationBuilder builder, WorkerConfig config)
        => builder.UseOrleans(silo =>
        {
            Cluster(silo);
            silo.UseSqliteStorage(config.DataDir, GrainStorage.Name);
            silo.Configure<GrainCollectionOptions>(options => options.DeactivationTimeout = DeactivationTimeout(config));
            if (WhyNoDashboard(config) is null)
                AddDashboard(silo);
        });

    /// <summary>Serves the engine's dashboard, or tells why there is none.</summary>
    public static void MapWorkerDashboard(this IEndpointRouteBuilder routes, WorkerConfig config)
    {
        if (WhyNoDashboard(config) is { } reason)
            routes.Map(DashboardPath + "/{**path}", () => ApiErrors.NotFound(reason));
        else
            MapDashboard(routes);
    }

    private static string? WhyNoDashboard(WorkerConfig config)
        => NoDashboard ?? (config.ShowsDashboard ? null : $"The dashboard is switched off ({WorkerKeys.DashboardEnable}=false).");

    /// <summary>What the engine needs to be a cluster of one.</summary>
    static partial void Cluster(ISiloBuilder silo);

    /// <summary>Has the silo collect what the dashboard shows.</summary>
    static partial void AddDashboard(ISiloBuilder silo);

    /// <summary>Serves the dashboard.</summary>
    static partial void MapDashboard(IEndpointRouteBuilder routes);
}
