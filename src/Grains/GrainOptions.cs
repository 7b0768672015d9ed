namespace Exports.Grains;

/// <summary>What the control plane needs to know of the worker's configuration.</summary>
public sealed record GrainOptions
{
    /// <summary>This worker, as <c>host:port</c>: what status shows as the place where a connector or task lives.</summary>
    public required string WorkerId { get; init; }

    /// <summary>How often a task persists its offsets (<c>offset.flush.interval.ms</c>). Above zero.</summary>
    public TimeSpan OffsetFlushInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a flush of a sink may take before it is given up and tried again (<c>offset.flush.timeout.ms</c>).</summary>
    public TimeSpan OffsetFlushTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often values of config providers are read again (<c>config.reload.interval.ms</c>).</summary>
    public TimeSpan ConfigReloadInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stopping or revoked task may take to deliver what is on its way (<c>task.shutdown.graceful.timeout.ms</c>).
    /// The pipeline keeps this time itself; the control plane cuts a pipeline off that takes a flush timeout longer.
    /// </summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a connector looks whether topics have changed and its tasks are alive. Above zero.</summary>
    public TimeSpan SupervisionInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The period of the reminder that brings back a connector whose activation was lost. At least a minute.</summary>
    public TimeSpan ReminderPeriod { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a partition may be missing from Kafka's metadata before its task gives it up.</summary>
    public TimeSpan MissingPartitionAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long to wait before something is tried again that failed for a reason outside of the task or connector, such as a
    /// Kafka or a storage that does not answer. Doubled for each further attempt, up to <see cref="RetryDelayMax"/>. Above zero.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many connectors a starting worker brings up at once. At least 1.</summary>
    public int StartParallelism { get; init; } = 64;
}
