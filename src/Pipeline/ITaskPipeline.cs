using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Starts pipelines in this worker. Thread-safe.</summary>
public interface ITaskPipelineFactory
{
    /// <summary>
    /// Resolves the configuration's placeholders, makes and starts the sink task, and gets ready to read. No partition is
    /// read before <see cref="ITaskPipeline.AssignAsync"/>.
    /// </summary>
    /// <exception cref="ConfigException">The configuration cannot work.</exception>
    /// <exception cref="ConnectException">The sink task did not start.</exception>
    Task<ITaskPipeline> StartAsync(TaskPipelineSpec spec, CancellationToken cancellationToken);
}

/// <summary>Which task a pipeline does the work of.</summary>
/// <param name="Connector">The connector's name.</param>
/// <param name="Task">The task's number, from 0.</param>
/// <param name="Config">The connector's configuration, placeholders unresolved.</param>
public sealed record TaskPipelineSpec(string Connector, int Task, IReadOnlyDictionary<string, string> Config)
{
    /// <summary>Names the task only.</summary>
    public override string ToString() => $"{Connector}-{Task}";
}

/// <summary>Where to begin to read a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">
/// The first offset to deliver; null to begin where the connector's Kafka group stands, else where <c>auto.offset.reset</c> says;
/// or <see cref="Reset"/>.
/// </param>
public readonly record struct StartPosition(TopicPartition Partition, long? Offset)
{
    /// <summary>In place of an offset: begin where <c>auto.offset.reset</c> says, whatever the group has committed.</summary>
    public const long Reset = -1;
}

/// <summary>How far a partition has been delivered.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the next record to deliver: all before it are delivered.</param>
/// <param name="WasReset">
/// Whether <c>auto.offset.reset</c> has moved reading since the partition was assigned, because there was no record where it stood: the
/// offset counts even if it is lower than an earlier one.
/// </param>
public readonly record struct CommittableOffset(TopicPartition Partition, long Offset, bool WasReset = false);

/// <summary>
/// Reads the partitions of one task, converts, transforms and delivers their records, and keeps count of what has been
/// acknowledged. Members may be called from any thread; assign, revoke, pause and resume one at a time.
/// </summary>
public interface ITaskPipeline : IAsyncDisposable
{
    /// <summary>
    /// Completes when the pipeline has stopped by itself, with the exception that stopped it; and without one after
    /// disposal. Retries within <c>errors.retry.timeout</c> have been made by then.
    /// </summary>
    Task Completion { get; }

    /// <summary>Counts and times of the work so far.</summary>
    PipelineProgress Progress { get; }

    /// <summary>Counts and times in more detail.</summary>
    TaskStatistics Statistics { get; }

    /// <summary>How far each partition has come that is read.</summary>
    IReadOnlyList<PartitionProgress> Partitions { get; }

    /// <summary>Begins the list of topics in <see cref="Progress"/> anew.</summary>
    void ForgetTopics();

    /// <summary>Begins to read partitions that are not being read yet. Positions are resolved before this completes.</summary>
    /// <exception cref="RetriableException">Kafka did not answer in time; nothing was begun.</exception>
    Task AssignAsync(IReadOnlyList<StartPosition> partitions, CancellationToken cancellationToken);

    /// <summary>
    /// Stops reading partitions: drops what waits, waits for what is on its way to the destination (no longer than the
    /// grace time), flushes the sink, and gives up the offsets.
    /// </summary>
    /// <returns>The offsets of those partitions of which one is known.</returns>
    Task<IReadOnlyList<CommittableOffset>> RevokeAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the committable offsets, then has the sink make durable what they cover. What is returned may be persisted.
    /// </summary>
    /// <exception cref="ConnectException">The sink could not flush: nothing may be persisted.</exception>
    Task<IReadOnlyList<CommittableOffset>> FlushAsync(CancellationToken cancellationToken);

    /// <summary>Stops delivering and reading, and keeps positions and resources. Completes when nothing is on its way.</summary>
    Task PauseAsync(CancellationToken cancellationToken);

    /// <summary>Goes on after <see cref="PauseAsync"/>.</summary>
    Task ResumeAsync(CancellationToken cancellationToken);
}

/// <summary>What a pipeline has done since it started.</summary>
/// <param name="RecordsRead">Records read from Kafka.</param>
/// <param name="BytesRead">Bytes of keys and values read from Kafka.</param>
/// <param name="RecordsDelivered">Records that the destination has accepted.</param>
/// <param name="RecordsSkipped">Records that were filtered by a transform or skipped under <c>errors.tolerance=all</c>.</param>
/// <param name="Retries">Puts and conversions that were tried again.</param>
/// <param name="BytesBuffered">Bytes read and not yet acknowledged.</param>
/// <param name="LastAcknowledgement">When the destination last accepted a batch; null before the first.</param>
/// <param name="LastError">The last error that a retry or tolerance dealt with, without secrets; null when there was none.</param>
public sealed record PipelineProgress(
    long RecordsRead,
    long BytesRead,
    long RecordsDelivered,
    long RecordsSkipped,
    long Retries,
    long BytesBuffered,
    DateTimeOffset? LastAcknowledgement,
    string? LastError)
{
    /// <summary>Since when there has been something that was read and not acknowledged; null when there is nothing.</summary>
    public DateTimeOffset? HoldsSince { get; init; }

    /// <summary>Since when no broker of the Kafka that it reads from can be reached; null while one can, as far as is known.</summary>
    public DateTimeOffset? KafkaUnreachableSince { get; init; }

    /// <summary>What has gone wrong; null where that is not counted.</summary>
    public ErrorCounts? Errors { get; init; }

    /// <summary>The topics of which records have been read since the start, or since <see cref="ITaskPipeline.ForgetTopics"/>.</summary>
    public IReadOnlyCollection<string> Topics { get; init; } = [];
}
