namespace Exports.Observation;

/// <summary>Under which names Kafka Connect's metrics are served (<c>metrics.connect.names</c>): those that boards and rules of others expect.</summary>
[Flags]
public enum MetricsNames
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>As Strimzi has the JMX exporter write them: <c>kafka_connect_sink_task_put_batch_avg_time_ms</c>.</summary>
    Strimzi = 1,

    /// <summary>As Confluent has the JMX exporter write them: <c>kafka_connect_sink_task_metrics_put_batch_avg_time_ms</c>.</summary>
    Confluent = 2,
}
