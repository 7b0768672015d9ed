using System.Diagnostics.Metrics;
using Exports.Grains;

namespace Exports.Observation;

/// <summary>
/// Kafka Connect's own metrics, under the names that the JMX exporter gives them with Strimzi's or Confluent's rules. The attributes are
/// those of https://kafka.apache.org/documentation/#connect_monitoring.
/// </summary>
internal static class ConnectMetrics
{
    public static IEnumerable<MetricFamily> All(MetricsNames names)
    {
        var families = new List<MetricFamily>();
        if (names.HasFlag(MetricsNames.Strimzi))
            families.AddRange([.. Common(type => $"kafka_connect_{type}", "kafka_connect_worker", "kafka_connect_worker_rebalance", null), .. OfStrimzi()]);
        if (names.HasFlag(MetricsNames.Confluent))
        {
            families.AddRange(
            [
                .. Common(
                    type => $"kafka_connect_{type}_metrics", "kafka_connect_connect_worker_metrics",
                    "kafka_connect_connect_worker_rebalance_metrics", Series.Label("connector", "aggregate")),
                .. OfConfluent(),
            ]);
        }

        // What both have in common of one family is one family: the worker's metrics of all connectors together, and of each.
        return families.GroupBy(family => family.Name).Select(Merge);
    }

    private static MetricFamily Merge(IEnumerable<MetricFamily> same)
    {
        var all = same.ToList();
        return all.Count == 1 ? all[0] : all[0] with
        {
            Detail = all.Min(family => family.Detail),
            Read = snapshot => all.SelectMany(family => family.Read(snapshot)),
        };
    }

    private static IEnumerable<MetricFamily> Common(
        Func<string, string> prefix, string worker, string rebalance, KeyValuePair<string, object?>? ofAll)
    {
        KeyValuePair<string, object?>[] all = ofAll is { } label ? [label] : [];
        var (task, sink, error) = (prefix("connector_task"), prefix("sink_task"), prefix("task_error"));
        return
        [
            // connector-task-metrics
            Task(task, "running_ratio", "1 while the task is running, else 0", t => t.State.State == RunState.Running ? 1 : 0),
            Task(task, "pause_ratio", "1 while the task is paused, else 0", t => t.State.State == RunState.Paused ? 1 : 0),
            Task(task, "batch_size_avg", "Records of a batch on average", t => t.BatchSize?.Average ?? 0),
            Task(task, "batch_size_max", "Records of the largest batch", t => t.BatchSize?.Max ?? 0),
            Task(task, "offset_commit_avg_time_ms", "Milliseconds that storing offsets took on average", (e, _) => e.Commits.Time.Read()?.Average ?? 0),
            Task(task, "offset_commit_max_time_ms", "Milliseconds that storing offsets took at most", (e, _) => e.Commits.Time.Read()?.Max ?? 0),
            Task(task, "offset_commit_success_percentage", "The share of attempts to store offsets that succeeded", (e, _) => Share(e.Commits.Succeeded, e.Commits.Failed)),
            Task(task, "offset_commit_failure_percentage", "The share of attempts to store offsets that failed", (e, _) => Share(e.Commits.Failed, e.Commits.Succeeded)),

            // sink-task-metrics
            Task(sink, "partition_count", "Partitions of the task", t => t.Partitions.Count),
            Task(sink, "offset_commit_seq_no", "The number of the last commit of offsets", (e, _) => e.Commits.SequenceNumber),
            Task(sink, "offset_commit_completion_total", "Commits of offsets that stored something", (e, _) => e.Commits.Succeeded),
            Task(sink, "offset_commit_skip_total", "Commits of offsets that had nothing to store", (e, _) => e.Commits.Skipped),
            Task(sink, "put_batch_avg_time_ms", "Milliseconds that the destination took for a batch on average", t => t.PutTime?.Average ?? 0),
            Task(sink, "put_batch_max_time_ms", "Milliseconds that the destination took for a batch at most", t => t.PutTime?.Max ?? 0),
            Task(sink, "sink_record_active_count", "Records that were read and not delivered, filtered or skipped yet", Active),
            Task(sink, "sink_record_active_count_avg", "The same as sink_record_active_count, of this moment", Active),
            Task(sink, "sink_record_active_count_max", "The same as sink_record_active_count, of this moment", Active),
            Task(sink, "sink_record_read_total", "Records read from Kafka", t => t.Totals.RecordsRead),
            Task(sink, "sink_record_read_rate", "Records read from Kafka a second", t => t.SlowRates.RecordsIn),
            Task(sink, "sink_record_send_total", "Records that came out of the transforms and were handed to the sink", t => t.Totals.RecordsSent),
            Task(sink, "sink_record_send_rate", "Records that the destination accepted a second", t => t.SlowRates.RecordsOut),

            // task-error-metrics
            Task(error, "total_record_failures", "Operations on records that failed, retried ones included", t => t.Totals.Errors.RecordFailures),
            Task(error, "total_record_errors", "Records that failed for good", t => t.Totals.Errors.RecordErrors),
            Task(error, "total_records_skipped", "Records that failed and were skipped", t => t.Totals.Errors.RecordsSkipped),
            Task(error, "total_retries", "Operations that were tried again", t => t.Totals.Retries),
            Task(error, "total_errors_logged", "Failed records that were logged", t => t.Totals.Errors.ErrorsLogged),
            Task(error, "deadletterqueue_produce_requests", "Records handed to the dead letter queue", t => t.Totals.Errors.DeadLetterRequests),
            Task(error, "deadletterqueue_produce_failures", "Records that the dead letter queue did not take", t => t.Totals.Errors.DeadLetterFailures),
            Task(error, "last_error_timestamp", "When a record last failed, in milliseconds since 1970; 0 for never", t => t.Totals.Errors.LastError?.ToUnixTimeMilliseconds() ?? 0),

            // connect-worker-metrics
            Worker(worker, "connector_count", "Connectors that live in this worker", s => s.Connectors.Count(c => c.Reading.Condition is not null), all),
            Worker(worker, "task_count", "Tasks that live in this worker", s => s.Connectors.Sum(c => c.Reading.Tasks.Count), all),
            .. Starts(worker, "connector", s => s.Board.ConnectorStarts, all),
            .. Starts(worker, "task", s => s.Board.TaskStarts, all),
            .. TaskCounts(worker),

            // connect-worker-rebalance-metrics
            Worker(rebalance, "completed_rebalances_total", "Always 0: tasks do not wait for rebalances here", _ => 0, []),
            Worker(rebalance, "rebalancing", "Always 0: tasks do not wait for rebalances here", _ => 0, []),
            Worker(rebalance, "rebalance_avg_time_ms", "Always 0: tasks do not wait for rebalances here", _ => 0, []),
            Worker(rebalance, "rebalance_max_time_ms", "Always 0: tasks do not wait for rebalances here", _ => 0, []),
            Worker(rebalance, "time_since_last_rebalance_ms", "Milliseconds since the worker started: there has been no rebalance", Uptime, []),
            Worker(rebalance, "epoch", "Always 0: there are no rebalances here", _ => 0, []),
        ];

        static double? Active(TaskReading task)
            => Math.Max(0, task.Totals.RecordsRead - task.Totals.RecordsDelivered - task.Totals.RecordsSkipped);

        static double? Uptime(MetricsSnapshot snapshot) => (snapshot.Board.Time.GetUtcNow() - snapshot.Board.Started).TotalMilliseconds;
    }

    private static IEnumerable<MetricFamily> OfStrimzi() =>
    [
        Info("kafka_connect_connector_status", "The connector's state", "status", c => c.Condition is { } condition ? Words.Label(condition.Run) : null),
        Info("kafka_connect_connector_connector_class", "The connector's class", "connector_class", c => c.Condition?.Class),
        Info("kafka_connect_connector_connector_type", "The connector's type", "connector_type", c => c.Condition is null ? null : "sink"),
        new("kafka_connect_connector_connector_version", MetricKind.Gauge, "The version of the worker's plugins.", MetricsDetail.Connector,
            snapshot => snapshot.Connectors.Where(c => c.Reading.Condition is not null).Select(c => new Measurement<double>(
                1, Series.Label("connector", c.Reading.Name), Series.Label("connector_version", c.Reading.Condition!.PluginVersion ?? snapshot.Version)))),
        new("kafka_connect_connector_task_status", MetricKind.Gauge, "The task's state.", MetricsDetail.Task,
            Series.OfTasks("status", t => [(Words.Label(t.State.State), 1)])),
        Worker("kafka_connect_coordinator", "assigned_connectors", "Connectors that live in this worker", s => s.Connectors.Count(c => c.Reading.Condition is not null), []),
        Worker("kafka_connect_coordinator", "assigned_tasks", "Tasks that live in this worker", s => s.Connectors.Sum(c => c.Reading.Tasks.Count), []),

        // consumer-fetch-manager-metrics and consumer-metrics, for each task as if it had a consumer of its own
        new("kafka_consumer_fetch_manager_records_lag", MetricKind.Gauge, "Records behind the end of the partition, by what was acknowledged.", MetricsDetail.Partition,
            snapshot =>
                from connector in snapshot.Connectors
                from task in connector.Reading.Tasks
                from partition in task.Partitions
                where partition.AcknowledgedLag is not null
                select new Measurement<double>(
                    partition.AcknowledgedLag!.Value, Client(connector.Reading, task), Series.Label("topic", partition.Topic),
                    Series.Label("partition", Series.Text(partition.Partition)))),
        OfClient("kafka_consumer_fetch_manager_records_lag_max", MetricKind.Gauge, "Records behind the end of the partition that is farthest behind.",
            t => t.Partitions.Max(partition => (double?)partition.AcknowledgedLag)),
        OfClient("kafka_consumer_fetch_manager_records_consumed_total", MetricKind.Counter, "Records read from Kafka.", t => t.Totals.RecordsRead),
        OfClient("kafka_consumer_fetch_manager_bytes_consumed_total", MetricKind.Counter, "Bytes of keys and values read from Kafka.", t => t.Totals.BytesRead),
        OfClient("kafka_consumer_incoming_byte_total", MetricKind.Counter, "Bytes of keys and values read from Kafka.", t => t.Totals.BytesRead),
    ];

    private static IEnumerable<MetricFamily> OfConfluent() =>
    [
        new("kafka_connect_connector_metrics", MetricKind.Gauge, "The connector's state, class, type and version, each as a label of a series of its own.", MetricsDetail.Connector,
            snapshot => snapshot.Connectors.Where(c => c.Reading.Condition is not null).SelectMany(c => new (string Label, string? Text)[]
            {
                ("status", Words.Label(c.Reading.Condition!.Run)),
                ("connector_class", c.Reading.Condition.Class),
                ("connector_type", "sink"),
                ("connector_version", c.Reading.Condition.PluginVersion ?? snapshot.Version),
            }.Where(info => info.Text is not null).Select(info => new Measurement<double>(
                1, Series.Label("connector", c.Reading.Name), Series.Label(info.Label, info.Text!))))),
        new("kafka_connect_app", MetricKind.Gauge, "The worker's version and start, each as a label of a series of its own.", MetricsDetail.Worker,
            snapshot =>
            [
                new(1, Series.Label("client_id", snapshot.Load.WorkerId), Series.Label("version", snapshot.Version)),
                new(1, Series.Label("client_id", snapshot.Load.WorkerId), Series.Label("start_time_ms", Text(snapshot.Board.Started))),
            ]),
    ];

    private static IEnumerable<MetricFamily> Starts(
        string worker, string what, Func<MetricsSnapshot, StartCounts> counts, KeyValuePair<string, object?>[] labels) =>
    [
        Worker(worker, $"{what}_startup_attempts_total", $"Starts of {what}s", s => counts(s).Attempts, labels),
        Worker(worker, $"{what}_startup_success_total", $"Starts of {what}s that succeeded", s => counts(s).Successes, labels),
        Worker(worker, $"{what}_startup_failure_total", $"Starts of {what}s that failed", s => counts(s).Failures, labels),
        Worker(worker, $"{what}_startup_success_percentage", $"The share of starts of {what}s that succeeded", s => Share(counts(s).Successes, counts(s).Failures), labels),
        Worker(worker, $"{what}_startup_failure_percentage", $"The share of starts of {what}s that failed", s => Share(counts(s).Failures, counts(s).Successes), labels),
    ];

    private static IEnumerable<MetricFamily> TaskCounts(string worker)
    {
        yield return Count("total", "Tasks", _ => true);
        yield return Count("running", "Running tasks", task => task.State.State == RunState.Running);
        yield return Count("paused", "Paused tasks", task => task.State.State == RunState.Paused);
        yield return Count("failed", "Failed tasks", task => task.State.State == RunState.Failed);
        yield return Count("unassigned", "Tasks that have not started", task => task.State.State == RunState.Unassigned);
        yield return Count("restarting", "Tasks that are being restarted", task => task.State.State == RunState.Restarting);
        yield return Count("destroyed", "Always 0: tasks that are gone are not kept", _ => false);

        MetricFamily Count(string state, string help, Func<TaskReading, bool> which)
            => new($"{worker}_connector_{state}_task_count", MetricKind.Gauge, $"{help} of the connector in this worker.", MetricsDetail.Connector,
                Series.OfConnectors(c => c.Tasks.Count(which)));
    }

    private static MetricFamily Task(string prefix, string attribute, string help, Func<TaskReading, double?> value)
        => Task(prefix, attribute, help, (_, task) => value(task));

    private static MetricFamily Task(string prefix, string attribute, string help, Func<TaskEntry, TaskReading, double?> value)
        => new($"{prefix}_{attribute}", Kind(attribute), $"{help}.", MetricsDetail.Task, Series.OfTasks(value));

    private static MetricFamily Worker(
        string prefix, string attribute, string help, Func<MetricsSnapshot, double?> value, KeyValuePair<string, object?>[] labels)
        => new($"{prefix}_{attribute}", Kind(attribute), $"{help}.", MetricsDetail.Worker, Series.OfWorker(value, labels));

    private static MetricFamily Info(string name, string help, string label, Func<ConnectorReading, string?> text)
        => new(name, MetricKind.Gauge, $"{help}, as a label.", MetricsDetail.Connector, Series.InfoOfConnectors(label, text));

    private static MetricFamily OfClient(string name, MetricKind kind, string help, Func<TaskReading, double?> value)
        => new(name, kind, help, MetricsDetail.Task, snapshot =>
            from connector in snapshot.Connectors
            from task in connector.Reading.Tasks
            let known = value(task)
            where known is not null
            select new Measurement<double>(known.Value, Client(connector.Reading, task)));

    private static KeyValuePair<string, object?> Client(ConnectorReading connector, TaskReading task)
        => Series.Label("clientid", $"connector-consumer-{connector.Name}-{task.State.Number}");

    private static string Text(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static MetricKind Kind(string attribute) => attribute.EndsWith("_total", StringComparison.Ordinal) ? MetricKind.Counter : MetricKind.Gauge;

    /// <summary>Kafka Connect's "percentages" are shares of 1.</summary>
    private static double Share(long part, long rest) => part + rest == 0 ? 0 : (double)part / (part + rest);
}
