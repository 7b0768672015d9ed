using System.Text.Json.Nodes;

namespace Exports.Api.Operations;

/// <summary>A trouble, and what to do about it.</summary>
internal sealed record ProblemBody(string Cause, string Kind, string Message, string Advice, DateTimeOffset Since);

/// <summary>How many of a connector's tasks are in which state.</summary>
internal sealed record TaskCountsBody(int Total, int Running, int Failed, int Paused, int Unassigned, int Restarting);

/// <summary>Latencies in milliseconds.</summary>
internal sealed record LatencyBody(double P50, double P99);

/// <summary>An average and a maximum.</summary>
internal sealed record AverageBody(double Avg, double Max);

/// <summary>Records and bytes a second.</summary>
internal sealed record RatesBody(double RecordsIn, double RecordsOut, double BytesIn, double BytesOut);

/// <summary>A connector as lists show it.</summary>
internal record ConnectorRowBody
{
    public required string Name { get; init; }

    public string? Class { get; init; }

    public string? Plugin { get; init; }

    public string? Version { get; init; }

    public required string State { get; init; }

    public required string Health { get; init; }

    public required TaskCountsBody Tasks { get; init; }

    public double RecordsIn { get; init; }

    public double RecordsOut { get; init; }

    public double BytesIn { get; init; }

    public double BytesOut { get; init; }

    public long? Lag { get; init; }

    public long? AcknowledgedLag { get; init; }

    public LatencyBody? LatencyMs { get; init; }

    public DateTimeOffset? LastProgress { get; init; }

    public long Restarts { get; init; }

    public ProblemBody? Problem { get; init; }
}

/// <summary>A connector with all that is known of it.</summary>
internal sealed record ConnectorDetailBody : ConnectorRowBody
{
    public string? WorkerId { get; init; }

    public string? TargetState { get; init; }

    public required IReadOnlyList<TaskDetailBody> TaskList { get; init; }

    public required IReadOnlyList<PartitionDetailBody> Partitions { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    public required IReadOnlyList<HistoryEntryBody> History { get; init; }
}

/// <summary>A task with all that is known of it.</summary>
internal sealed record TaskDetailBody
{
    public required int Id { get; init; }

    public required string State { get; init; }

    public required string Health { get; init; }

    public required string WorkerId { get; init; }

    public int Partitions { get; init; }

    public double RecordsIn { get; init; }

    public double RecordsOut { get; init; }

    public double BytesIn { get; init; }

    public double BytesOut { get; init; }

    public long RecordsReadTotal { get; init; }

    public long RecordsDeliveredTotal { get; init; }

    public long RecordsSkippedTotal { get; init; }

    public long RecordsMissedTotal { get; init; }

    public long ErrorsTotal { get; init; }

    public long RetriesTotal { get; init; }

    public long DeadLettersTotal { get; init; }

    public int InFlightRecords { get; init; }

    public long BufferedBytes { get; init; }

    public AverageBody? PutTimeMs { get; init; }

    public AverageBody? BatchSize { get; init; }

    public LatencyBody? LatencyMs { get; init; }

    public long? Lag { get; init; }

    public long? AcknowledgedLag { get; init; }

    public DateTimeOffset? LastProgress { get; init; }

    public DateTimeOffset? Started { get; init; }

    public int Restarts { get; init; }

    public long RestartsTotal { get; init; }

    public DateTimeOffset? NextRestart { get; init; }

    public string? LastError { get; init; }

    public string? Trace { get; init; }

    public ProblemBody? Problem { get; init; }
}

/// <summary>Where a partition stands.</summary>
internal sealed record PartitionDetailBody(
    string Topic, int Partition, int Task, long? CommittedOffset, long? AcknowledgedOffset, long? EndOffset, long? Lag, long? AcknowledgedLag);

/// <summary>Something that happened.</summary>
internal sealed record HistoryEntryBody(
    DateTimeOffset Time, int? Task, string? Action, string? From, string? To, string? Reason, ProblemBody? Problem);

/// <summary>Connectors, with what is true of all of them.</summary>
internal sealed record OverviewBody(
    int Total,
    int Matching,
    IReadOnlyDictionary<string, int> Health,
    RatesBody Rates,
    long? Lag,
    IReadOnlyList<ConnectorRowBody> Connectors);

/// <summary>The workers, and the Kafka that they read from.</summary>
internal sealed record ClusterBody(string Engine, string Version, KafkaBody Kafka, IReadOnlyList<WorkerBody> Workers);

/// <summary>The Kafka that is read from.</summary>
internal sealed record KafkaBody(string BootstrapServers, string? Problem);

/// <summary>A worker.</summary>
internal sealed record WorkerBody
{
    public required string WorkerId { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required bool Ready { get; init; }

    public double CpuCoresUsed { get; init; }

    public int CpuCores { get; init; }

    public long MemoryBytes { get; init; }

    public long ManagedMemoryBytes { get; init; }

    public int Threads { get; init; }

    public int Connectors { get; init; }

    public int Tasks { get; init; }

    public int RunningTasks { get; init; }

    public int Lanes { get; init; }

    public long Activations { get; init; }

    public double RecordsIn { get; init; }

    public double RecordsOut { get; init; }

    public double BytesIn { get; init; }

    public double BytesOut { get; init; }

    public long BufferedBytes { get; init; }
}

/// <summary>Records before and after the transforms.</summary>
internal sealed record PreviewBody(IReadOnlyList<PreviewRecordBody> Records, IReadOnlyList<PositionBody> Next);

/// <summary>A record before and after the transforms.</summary>
internal sealed record PreviewRecordBody
{
    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public required RecordBody Before { get; init; }

    public RecordBody? After { get; init; }

    public bool? Dropped { get; init; }

    public RecordErrorBody? Error { get; init; }
}

/// <summary>A record's content.</summary>
internal sealed record RecordBody(
    string? Topic, JsonNode? Key, JsonNode? Value, IReadOnlyDictionary<string, JsonNode?> Headers, int? KeyBytes, int? ValueBytes);

/// <summary>Why a record fails.</summary>
internal sealed record RecordErrorBody(string Stage, string Class, string Message);

/// <summary>A place in a partition.</summary>
internal sealed record PositionBody(string Topic, int Partition, long Offset);
