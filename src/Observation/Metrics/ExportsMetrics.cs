using System.Diagnostics.Metrics;
using System.Globalization;
using Exports.Connectors.Sdk;
using Exports.Grains;
using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>The metrics that Kafka Connect lacks.</summary>
internal static class ExportsMetrics
{
    private static readonly string[] s_bounds = [.. Bounds()];

    public static IEnumerable<MetricFamily> All() => [.. OfWorker(), .. OfConnectors(), .. OfTasks(), .. OfPartitions()];

    private static IEnumerable<MetricFamily> OfWorker() =>
    [
        new("exports_worker_info", MetricKind.Gauge, "The worker's version and engine, as labels.", MetricsDetail.Worker,
            snapshot => [new(1, Series.Label("version", snapshot.Version), Series.Label("engine", snapshot.Load.Engine), Series.Label("worker", snapshot.Load.WorkerId))]),
        Worker("exports_worker_connectors", "Connectors that live in this worker", s => s.Connectors.Count(c => c.Reading.Condition is not null)),
        Worker("exports_worker_tasks", "Tasks that live in this worker", s => s.Connectors.Sum(c => c.Reading.Tasks.Count)),
        Worker("exports_worker_lanes", "Lanes: Kafka consumers that read for all tasks of the worker", s => s.Load.Lanes),
        Worker("exports_worker_activations", "Grains that are active in this worker", s => s.Load.Activations),
        Worker("exports_worker_buffered_bytes", "Bytes that were read and not acknowledged, of all tasks", s => s.Load.BytesBuffered),
        Worker("exports_worker_cpu_cores", "Cores that the worker may use", _ => Environment.ProcessorCount),
        Worker("exports_worker_memory_limit_bytes", "Memory that the worker may use", _ => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
        Worker("exports_worker_managed_memory_bytes", "Memory that managed objects occupy", _ => GC.GetTotalMemory(forceFullCollection: false)),
        new("process_cpu_seconds_total", MetricKind.Counter, "Processor time that the process has used.", MetricsDetail.Worker, Series.OfWorker(_ => ProcessLoad.Cpu.TotalSeconds)),
        Worker("process_resident_memory_bytes", "Memory that the process occupies", _ => ProcessLoad.Memory),
        Worker("process_start_time_seconds", "When the process started, in seconds since 1970", s => s.Board.Started.ToUnixTimeMilliseconds() / 1000.0),
        Worker("process_threads", "Threads of the process", _ => ProcessLoad.Threads),
    ];

    private static IEnumerable<MetricFamily> OfConnectors() =>
    [
        new("exports_connector_health", MetricKind.Gauge, "The connector's health, as a label.", MetricsDetail.Connector,
            Series.InfoOfConnectors("health", c => c.Condition is null ? null : Words.Label(c.Health))),
        new("exports_connector_problem", MetricKind.Gauge, "The connector's trouble: its cause, and whether its operator can mend it, as labels.", MetricsDetail.Connector,
            snapshot =>
                from connector in snapshot.Connectors
                where connector.Reading.Problem is not null
                select new Measurement<double>(
                    1, Series.Label("connector", connector.Reading.Name), Series.Label("cause", Words.Label(connector.Reading.Problem!.Cause)),
                    Series.Label("kind", connector.Reading.Problem.IsUserActionable ? "user_actionable" : "internal"))),
        Connector("exports_connector_committed_lag", MetricKind.Gauge, "Records behind the ends of the connector's partitions, by its stored offsets", c => c.Lag),
        Connector("exports_connector_acknowledged_lag", MetricKind.Gauge, "Records behind the ends of the connector's partitions, by what the destination has acknowledged", c => c.AcknowledgedLag),
        Connector("exports_connector_records_read_total", MetricKind.Counter, "Records read from Kafka", c => c.Tasks.Sum(t => t.Totals.RecordsRead)),
        Connector("exports_connector_records_delivered_total", MetricKind.Counter, "Records that the destination has accepted", c => c.Tasks.Sum(t => t.Totals.RecordsDelivered)),
    ];

    private static IEnumerable<MetricFamily> OfTasks() =>
    [
        Task("exports_task_records_read_total", MetricKind.Counter, "Records read from Kafka", t => t.Totals.RecordsRead),
        Task("exports_task_records_delivered_total", MetricKind.Counter, "Records that the destination has accepted", t => t.Totals.RecordsDelivered),
        Task("exports_task_records_skipped_total", MetricKind.Counter, "Records that a transform filtered, or that were skipped because they failed", t => t.Totals.RecordsSkipped),
        Task("exports_task_records_missed_total", MetricKind.Counter, "Records that Kafka had removed before they were read", t => t.Totals.RecordsMissed),
        Task("exports_task_read_bytes_total", MetricKind.Counter, "Bytes of keys and values read from Kafka", t => t.Totals.BytesRead),
        Task("exports_task_delivered_bytes_total", MetricKind.Counter, "Bytes of keys and values, as they were read, that the destination has accepted", t => t.Totals.BytesDelivered),
        Task("exports_task_puts_total", MetricKind.Counter, "Batches that the sink was given and has ended, well or badly", t => t.Totals.Puts),
        Task("exports_task_put_seconds_total", MetricKind.Counter, "Time that they took", t => t.Totals.PutSeconds),
        Task("exports_task_in_flight_records", MetricKind.Gauge, "Records that the sink has and has not acknowledged", t => t.RecordsInFlight),
        Task("exports_task_in_flight_bytes", MetricKind.Gauge, "Bytes of records that the sink has and has not acknowledged", t => t.BytesInFlight),
        Task("exports_task_buffered_bytes", MetricKind.Gauge, "Bytes that were read and not acknowledged", t => t.BytesBuffered),
        new("exports_task_retries_total", MetricKind.Counter, "Puts, requests and conversions that were tried again, by cause.", MetricsDetail.Task,
            Series.OfTasks("cause", Retries)),
        Task("exports_task_throttles_total", MetricKind.Counter, "How often the destination asked to slow down", t => t.Totals.RetriesBecauseOf(ErrorCause.Throttled)),
        Task("exports_task_failures_total", MetricKind.Counter, "How often the task has failed", t => t.FailuresTotal),
        Task("exports_task_restarts_total", MetricKind.Counter, "How often the task has restarted itself", t => t.RestartsTotal),
        Task("exports_task_last_progress_timestamp_seconds", MetricKind.Gauge, "When the destination last accepted something, in seconds since 1970",
            t => t.LastProgress is { } time ? time.ToUnixTimeMilliseconds() / 1000.0 : null),
        Task("exports_task_committed_lag", MetricKind.Gauge, "Records behind the ends of the task's partitions, by its stored offsets", t => t.Lag),
        Task("exports_task_acknowledged_lag", MetricKind.Gauge, "Records behind the ends of the task's partitions, by what the destination has acknowledged", t => t.AcknowledgedLag),
        Task("exports_task_unhealthy", MetricKind.Gauge, "1 while the task is in trouble, else 0", t => t.State.Health == Health.Unhealthy ? 1 : 0),
        new("exports_task_problem", MetricKind.Gauge, "The task's trouble: its cause, as a label.", MetricsDetail.Task,
            Series.OfTasks("cause", t => t.State.Problem is { } problem ? [(Words.Label(problem.Cause), 1)] : [])),
        new("exports_task_latency_seconds", MetricKind.Histogram, "From a record's timestamp to its acknowledgement by the destination.", MetricsDetail.Task,
            Series.OfTasks("le", Buckets))
        {
            ReadTotals = snapshot =>
                from connector in snapshot.Connectors
                from task in connector.Reading.Tasks
                let labels = new[] { Series.Label("connector", connector.Reading.Name), Series.Task(task.State.Number) }
                select (
                    new Measurement<double>(task.Totals.LatencySumMs / 1000.0, labels),
                    new Measurement<double>(Count(task), labels)),
        },
    ];

    private static IEnumerable<MetricFamily> OfPartitions() =>
    [
        Partition("exports_partition_end_offset", "The offset of the next record that will be written", p => p.End),
        Partition("exports_partition_committed_offset", "The stored offset of the next record to deliver", p => p.Committed),
        Partition("exports_partition_acknowledged_offset", "The offset of the next record that the destination has yet to acknowledge", p => p.Acknowledged),
        Partition("exports_partition_committed_lag", "Records behind the end, by the stored offset", p => p.Lag),
        Partition("exports_partition_acknowledged_lag", "Records behind the end, by what the destination has acknowledged", p => p.AcknowledgedLag),
    ];

    private static MetricFamily Worker(string name, string help, Func<MetricsSnapshot, double?> value)
        => new(name, MetricKind.Gauge, $"{help}.", MetricsDetail.Worker, Series.OfWorker(value));

    private static MetricFamily Connector(string name, MetricKind kind, string help, Func<ConnectorReading, double?> value)
        => new(name, kind, $"{help}.", MetricsDetail.Connector, Series.OfConnectors(value));

    private static MetricFamily Task(string name, MetricKind kind, string help, Func<TaskReading, double?> value)
        => new(name, kind, $"{help}.", MetricsDetail.Task, Series.OfTasks(value));

    private static MetricFamily Partition(string name, string help, Func<PartitionReading, double?> value)
        => new(name, MetricKind.Gauge, $"{help}.", MetricsDetail.Partition, Series.OfPartitions(value));

    private static IEnumerable<(string, double)> Retries(TaskReading task)
    {
        foreach (var cause in Enum.GetValues<ErrorCause>())
        {
            if (task.Totals.RetriesBecauseOf(cause) is > 0 and var count)
                yield return (Words.Label(cause), count);
        }
    }

    private static List<(string, double)> Buckets(TaskReading task)
    {
        var result = new List<(string, double)>(s_bounds.Length);
        var sum = 0L;
        for (var i = 0; i < s_bounds.Length; i++)
            result.Add((s_bounds[i], sum += task.Totals.Latency[i]));
        return result;
    }

    private static double Count(TaskReading task)
    {
        var sum = 0L;
        foreach (var count in task.Totals.Latency)
            sum += count;
        return sum;
    }

    private static List<string> Bounds()
    {
        var bounds = new List<string>();
        foreach (var milliseconds in LatencyHistogram.BoundsMs)
            bounds.Add((milliseconds / 1000.0).ToString(CultureInfo.InvariantCulture));
        bounds.Add("+Inf");
        return bounds;
    }
}
