using Exports.Api.Plugins;
using Exports.Grains;
using Exports.Observation;

namespace Exports.Api.Operations;

/// <summary>Writes what the board knows as bodies.</summary>
internal sealed class OperationsText(PluginInstances plugins)
{
    public static ProblemBody? From(Problem? problem) => problem is null ? null : new(
        Words.Of(problem.Cause), problem.IsUserActionable ? "USER_ACTIONABLE" : "INTERNAL", problem.Message, problem.Advice, problem.Since);

    public ConnectorRowBody Row(ConnectorReading reading) => Fill(new() { Name = "", State = "", Health = "", Tasks = null! }, reading);

    public ConnectorDetailBody Detail(ConnectorReading reading, IReadOnlyList<string> topics, IReadOnlyList<HistoryEntry> history)
        => (ConnectorDetailBody)Fill(
            new ConnectorDetailBody
            {
                Name = "",
                State = "",
                Health = "",
                Tasks = null!,
                WorkerId = reading.Condition?.WorkerId,
                TargetState = reading.Condition is { } condition ? Words.Of(condition.Target) : null,
                TaskList = [.. reading.Tasks.Select(From)],
                Partitions =
                [
                    .. reading.Tasks
                        .SelectMany(task => task.Partitions.Select(partition => From(task.State.Number, partition)))
                        .OrderBy(partition => partition.Topic, StringComparer.Ordinal)
                        .ThenBy(partition => partition.Partition),
                ],
                Topics = topics,
                History =
                [
                    .. history.Select(entry => new HistoryEntryBody(
                        entry.Time, entry.Task, entry.Action, entry.From, entry.To, entry.Reason, From(entry.Problem))),
                ],
            },
            reading);

    private ConnectorRowBody Fill(ConnectorRowBody body, ConnectorReading reading)
    {
        var plugin = reading.Condition?.Class is { } connectorClass ? plugins.Find(connectorClass, reading.Condition.PluginVersion) : null;
        return body with
        {
            Name = reading.Name,
            Class = reading.Condition?.Class,
            Plugin = plugin?.GetType().Name,
            Version = plugin?.Version,
            State = Words.Of(reading.Condition?.Run ?? RunState.Unassigned),
            Health = Words.Of(reading.Health),
            Tasks = Count(reading.Tasks),
            RecordsIn = Round(reading.Rates.RecordsIn),
            RecordsOut = Round(reading.Rates.RecordsOut),
            BytesIn = Round(reading.Rates.BytesIn),
            BytesOut = Round(reading.Rates.BytesOut),
            Lag = reading.Lag,
            AcknowledgedLag = reading.AcknowledgedLag,
            LatencyMs = Latency(reading.Latency(0.5), reading.Latency(0.99)),
            LastProgress = reading.LastProgress,
            Restarts = reading.Restarts,
            Problem = From(reading.Problem),
        };
    }

    private static TaskCountsBody Count(IReadOnlyList<TaskReading> tasks)
    {
        return new(
            tasks.Count, Of(RunState.Running), Of(RunState.Failed), Of(RunState.Paused), Of(RunState.Unassigned), Of(RunState.Restarting));

        int Of(RunState state) => tasks.Count(task => task.State.State == state);
    }

    private static TaskDetailBody From(TaskReading task) => new()
    {
        Id = task.State.Number,
        State = Words.Of(task.State.State),
        Health = Words.Of(task.State.Health),
        WorkerId = task.State.WorkerId,
        Partitions = task.Partitions.Count,
        RecordsIn = Round(task.Rates.RecordsIn),
        RecordsOut = Round(task.Rates.RecordsOut),
        BytesIn = Round(task.Rates.BytesIn),
        BytesOut = Round(task.Rates.BytesOut),
        RecordsReadTotal = task.Totals.RecordsRead,
        RecordsDeliveredTotal = task.Totals.RecordsDelivered,
        RecordsSkippedTotal = task.Totals.RecordsSkipped,
        RecordsMissedTotal = task.Totals.RecordsMissed,
        ErrorsTotal = task.Totals.Errors.RecordErrors,
        RetriesTotal = task.Totals.Retries,
        DeadLettersTotal = task.Totals.Errors.DeadLetterRequests,
        InFlightRecords = task.RecordsInFlight,
        BufferedBytes = task.BytesBuffered,
        PutTimeMs = Average(task.PutTime),
        BatchSize = Average(task.BatchSize),
        LatencyMs = Latency(task.LatencyP50, task.LatencyP99),
        Lag = task.Lag,
        AcknowledgedLag = task.AcknowledgedLag,
        LastProgress = task.LastProgress,
        Started = task.Started,
        Restarts = task.State.Restarts,
        RestartsTotal = task.RestartsTotal,
        NextRestart = task.State.NextRestart,
        LastError = task.LastError,
        Trace = task.State.Trace,
        Problem = From(task.State.Problem),
    };

    private static PartitionDetailBody From(int task, PartitionReading partition) => new(
        partition.Topic, partition.Partition, task, partition.Committed, partition.Acknowledged, partition.End, partition.Lag,
        partition.AcknowledgedLag);

    private static LatencyBody? Latency(double? p50, double? p99) => p50 is null || p99 is null ? null : new(Round(p50.Value), Round(p99.Value));

    private static AverageBody? Average((double Average, double Max)? value)
        => value is { } known ? new(Round(known.Average), Round(known.Max)) : null;

    internal static double Round(double value) => Math.Round(value, 2);
}
