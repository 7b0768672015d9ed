using Exports.Grains;

namespace Exports.Observation;

/// <summary>All that is known of a task at one time.</summary>
/// <param name="State">Its state and health.</param>
/// <param name="Totals">What it has done since the worker started.</param>
/// <param name="Partitions">Its partitions, by topic and number.</param>
public sealed record TaskReading(TaskState State, TaskTotals Totals, IReadOnlyList<PartitionReading> Partitions)
{
    /// <summary>Records and bytes a second, over the last ten seconds or so.</summary>
    public Rates Rates { get; init; }

    /// <summary>The same over the last thirty seconds, as Kafka Connect's rates are.</summary>
    public Rates SlowRates { get; init; }

    /// <summary>The latency in milliseconds below which half of the last minute's records were; null without records.</summary>
    public double? LatencyP50 { get; init; }

    /// <summary>The same for 99 of 100.</summary>
    public double? LatencyP99 { get; init; }

    /// <summary>The records of the last minute by bucket of the latency histogram; empty when there were none.</summary>
    public ReadOnlyMemory<long> RecentLatency { get; init; }

    /// <summary>Milliseconds that a put took: average and maximum of the last minute; null without puts.</summary>
    public (double Average, double Max)? PutTime { get; init; }

    /// <summary>Records of a put: average and maximum of the last minute; null without puts.</summary>
    public (double Average, double Max)? BatchSize { get; init; }

    /// <summary>Records that the sink has and has not acknowledged.</summary>
    public int RecordsInFlight { get; init; }

    /// <summary>Bytes that the sink has and has not acknowledged.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>Bytes read and not acknowledged, those that wait included.</summary>
    public long BytesBuffered { get; init; }

    /// <summary>When the destination last accepted something; null when it has not since the worker started.</summary>
    public DateTimeOffset? LastProgress { get; init; }

    /// <summary>When its pipeline was started; null without one.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long that was ago when this was read, whatever the machine's clock did meanwhile; zero without a pipeline.</summary>
    public TimeSpan RunsFor { get; init; }

    /// <summary>The last error that a retry or tolerance dealt with; null when there was none since the pipeline started.</summary>
    public string? LastError { get; init; }

    /// <summary>How often it has restarted itself since the worker started.</summary>
    public long RestartsTotal { get; init; }

    /// <summary>How often it has failed since the worker started.</summary>
    public long FailuresTotal { get; init; }

    /// <summary>Records behind the ends of its partitions by the stored offsets; null when not known of any.</summary>
    public long? Lag { get; init; }

    /// <summary>Records behind the ends of its partitions by what the destination has acknowledged; null when not known of any.</summary>
    public long? AcknowledgedLag { get; init; }
}
