using Exports.Grains;
using Exports.Grains.Storage.Sqlite;
using Exports.Silo.Configuration;
using Orleans.Configuration;

namespace Exports.Silo.Engine;

/// <summary>Sets up the engine that runs the grains: one silo, with its state under the data directory.</summary>
internal static partial class WorkerEngine
{
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
        });

    /// <summary>What the engine needs to be a cluster of one.</summary>
    static partial void Cluster(ISiloBuilder silo);
}
