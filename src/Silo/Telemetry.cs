using Exports.Api;
using Exports.Grains;
using Exports.Observation;
using Exports.Pipeline;
using Exports.Silo.Configuration;
using Exports.Silo.Engine;

namespace Exports.Silo;

/// <summary>Puts together what the worker tells of itself: the board, and the metrics that are read from it.</summary>
internal static class Telemetry
{
    public static void AddTelemetry(this IServiceCollection services, WorkerConfig config)
    {
        services.AddSingleton(provider => new WorkerBoard(provider.GetRequiredService<TimeProvider>())
        {
            UnhealthyAfter = config.UnhealthyAfter,
            Ends = provider.GetRequiredService<EndOffsets>(),
        });
        services.AddSingleton<IWorkerLoad>(provider => new WorkerLoad(
            provider.GetRequiredService<TaskPipelineFactory>(),
            provider.GetRequiredService<GrainOptions>().WorkerId,
            string.Join(',', config.BootstrapServers)));
        services.AddSingleton(provider => new WorkerMetrics(
            provider.GetRequiredService<WorkerBoard>(),
            provider.GetRequiredService<IWorkerLoad>(),
            provider.GetRequiredService<ProcessLoad>(),
            config.Metrics,
            provider.GetRequiredService<ApiOptions>().Version,
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<BoardSampler>();
    }
}
