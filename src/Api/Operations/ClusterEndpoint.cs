using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Api.Server;
using Exports.Grains;
using Exports.Observation;
using Exports.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Operations;

/// <summary>The workers with their load.</summary>
internal static class ClusterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/exports/cluster", Get);

    private static IResult Get(
        WorkerBoard board, IWorkerLoad load, ProcessLoad process, ITopicCatalog topics, WorkerHealth health, ApiOptions options)
    {
        var readings = board.Connectors.Select(ConnectorReading.Of).ToList();
        var tasks = readings.SelectMany(reading => reading.Tasks).ToList();
        var rates = readings.Aggregate(default(Rates), (sum, reading) => sum + reading.Rates);
        return ApiJson.Result(
            new ClusterBody(
                load.Engine,
                options.Version,
                new(load.BootstrapServers, topics.LastError),
                [
                    new()
                    {
                        WorkerId = load.WorkerId,
                        Version = options.Version,
                        Started = board.Started,
                        Ready = health.IsServing,
                        CpuCoresUsed = OperationsText.Round(process.CoresUsed),
                        CpuCores = Environment.ProcessorCount,
                        MemoryBytes = ProcessLoad.Memory,
                        ManagedMemoryBytes = GC.GetTotalMemory(forceFullCollection: false),
                        Threads = ProcessLoad.Threads,
                        Connectors = readings.Count(reading => reading.Condition is not null),
                        Tasks = tasks.Count,
                        RunningTasks = tasks.Count(task => task.State.State == RunState.Running),
                        Lanes = load.Lanes,
                        Activations = load.Activations,
                        RecordsIn = OperationsText.Round(rates.RecordsIn),
                        RecordsOut = OperationsText.Round(rates.RecordsOut),
                        BytesIn = OperationsText.Round(rates.BytesIn),
                        BytesOut = OperationsText.Round(rates.BytesOut),
                        BufferedBytes = load.BytesBuffered,
                    },
                ]),
            OperationsJson.Context.ClusterBody);
    }
}
