using Exports.Api;
using Exports.Api.Loggers;
using Exports.Grains;
using Exports.Observation;

namespace Exports.Silo.Engine.Cluster;

/// <inheritdoc cref="IWorkerGrain"/>
[OnSilo]
[GrainType("exports.worker")]
internal sealed class WorkerGrain(
    WorkerBoard board, IWorkerLoad load, ProcessLoad process, ApiOptions options, WorkerReadiness readiness, ILoggerLevels levels) : Grain, IWorkerGrain
{
    /// <summary>Twice the span of the rates: in the first half a task that was lost or moved may be catching up.</summary>
    private static readonly TimeSpan s_settles = TimeSpan.FromMinutes(1);

    public Task<byte[]> ReadAsync() => Task.FromResult(BoardJson.Write<List<ConnectorPart>>([.. board.Connectors.Select(entry => ConnectorPart.Of(entry, isWhole: false))]));

    public Task<byte[]?> FindAsync(string connector)
        => Task.FromResult(board.Find(connector) is { } entry ? BoardJson.Write(ConnectorPart.Of(entry, isWhole: true)) : null);

    public Task<byte[]> ReadTasksAsync() => Task.FromResult(BoardJson.Write<List<TaskLoad>>(
    [
        .. from connector in board.Connectors
           from task in connector.Tasks
           let latest = task.Latest
           where latest?.State.State == RunState.Running
           select new TaskLoad(connector.Name, task.Number, latest.SlowRates.RecordsOut, latest.SlowRates.BytesOut)
           {
               IsSettled = latest.RunsFor >= s_settles,
           },
    ]));

    public Task<byte[]> ReadWorkerAsync() => Task.FromResult(BoardJson.Write(WorkerReading.Of(board, load, process, options.Version, readiness.IsReady)));

    public Task<bool> SetLogLevelAsync(string logger, string level) => Task.FromResult(levels.Set(logger, level) is not null);
}
