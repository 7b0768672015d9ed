using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Api.Server;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Operations;

/// <summary>The workers with their load.</summary>
internal static class ClusterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/exports/cluster", GetAsync);

    private static async Task<IResult> GetAsync(
        WorkerBoard board, IOtherWorkers others, IWorkerLoad load, ProcessLoad process, ITopicCatalog topics, WorkerHealth health, ApiOptions options,
        CancellationToken cancellationToken)
    {
        var workers = await others.ReadWorkersAsync(cancellationToken);
        if (options.RunsConnectors)
            workers = [.. workers, WorkerReading.Of(board, load, process, options.Version, health.IsServing)];
        return ApiJson.Result(
            new ClusterBody(load.Engine, options.Version, new(load.BootstrapServers, topics.LastError), [.. workers.OrderBy(worker => worker.WorkerId, StringComparer.Ordinal).Select(From)]),
            OperationsJson.Context.ClusterBody);
    }

    private static WorkerBody From(WorkerReading worker) => new()
    {
        WorkerId = worker.WorkerId,
        Version = worker.Version,
        Started = worker.Started,
        Ready = worker.IsReady,
        CpuCoresUsed = OperationsText.Round(worker.CoresUsed),
        CpuCores = worker.Cores,
        MemoryBytes = worker.Memory,
        ManagedMemoryBytes = worker.ManagedMemory,
        Threads = worker.Threads,
        Connectors = worker.Connectors,
        Tasks = worker.Tasks,
        RunningTasks = worker.RunningTasks,
        Lanes = worker.Lanes,
        Activations = worker.Activations,
        RecordsIn = OperationsText.Round(worker.Rates.RecordsIn),
        RecordsOut = OperationsText.Round(worker.Rates.RecordsOut),
        BytesIn = OperationsText.Round(worker.Rates.BytesIn),
        BytesOut = OperationsText.Round(worker.Rates.BytesOut),
        BufferedBytes = worker.BytesBuffered,
    };
}
