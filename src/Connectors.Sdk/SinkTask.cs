using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.Sdk;

/// <summary>
/// Writes records to a destination. The pipeline calls <see cref="StartAsync"/> once, then <see cref="PutAsync"/> and
/// <see cref="FlushAsync"/>, and last <see cref="StopAsync"/>; and <see cref="OpenPartitionsAsync"/> before the first record of
/// a partition. Calls do not overlap, except that up to <see cref="MaxInFlight"/> puts may be under way at once.
/// </summary>
public abstract class SinkTask
{
    /// <summary>
    /// How many calls of <see cref="PutAsync"/> may be under way at once; at least 1. Calls are made one after the other,
    /// in order, each as soon as the one before has returned its task. A task that allows more than 1 promises that
    /// records of one partition reach the destination in the order of the calls. Read once, after <see cref="StartAsync"/>.
    /// </summary>
    public virtual int MaxInFlight => 1;

    /// <summary>
    /// The most records that the task wants in one batch; at least 1. Read once, after <see cref="StartAsync"/>.
    /// </summary>
    public virtual int MaxBatchRecords => 10_000;

    /// <summary>
    /// The most bytes of keys and values that the task wants in one batch (a single larger record still comes alone).
    /// </summary>
    public virtual long MaxBatchBytes => 4 * 1024 * 1024;

    /// <summary>
    /// Whether the task looks at headers. False saves their conversion. Read once, after <see cref="StartAsync"/>.
    /// </summary>
    public virtual bool ReadsHeaders => true;

    /// <summary>Gets ready: parse the configuration, open connections and files.</summary>
    /// <exception cref="ConfigException">The configuration cannot work; the message names the key.</exception>
    public abstract Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Says that records of these partitions will be put from now on. A task that keeps positions with its destination's data
    /// answers with those that it knows; reading begins there, unless the pipeline knows of a later one: what lies between was
    /// filtered or skipped. May be called while puts of other partitions are under way.
    /// </summary>
    /// <param name="partitions">Partitions that are not open.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits any more.</param>
    /// <returns>The offset of the next record to put, for those partitions of which the destination knows one.</returns>
    /// <exception cref="RetriableException">The destination did not answer; none of the partitions is open.</exception>
    /// <remarks>Any other exception fails the task.</remarks>
    public virtual Task<IReadOnlyDictionary<TopicPartition, long>> OpenPartitionsAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyDictionary<TopicPartition, long>>(FrozenDictionary<TopicPartition, long>.Empty);

    /// <summary>
    /// Says that no more records of these partitions will be put: another task takes them over. No put with records of them is
    /// under way. Not called for what is open when the task is stopped.
    /// </summary>
    public virtual Task ClosePartitionsAsync(IReadOnlyList<TopicPartition> partitions) => Task.CompletedTask;

    /// <summary>
    /// Delivers a batch. Completes when the destination has accepted every record of it; records need to survive a crash
    /// of this process only once <see cref="FlushAsync"/> has completed as well.
    /// </summary>
    /// <param name="batch">The records. Neither the batch nor its memory may be used after completion.</param>
    /// <param name="cancellationToken">Cancelled when the task is stopped and its grace time is over.</param>
    /// <exception cref="RetriableException">The batch was not delivered, and the same batch may succeed later.</exception>
    /// <exception cref="RecordsFailedException">All but some records were delivered.</exception>
    /// <remarks>Any other exception fails the task.</remarks>
    public abstract ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Whether <see cref="FlushAsync"/> has anything to do. Where records are durable as soon as <see cref="PutAsync"/> has completed,
    /// false lets offsets be committed while other puts are under way. Read once, after <see cref="StartAsync"/>.
    /// </summary>
    public virtual bool NeedsFlush => true;

    /// <summary>
    /// Makes everything durable whose <see cref="PutAsync"/> had completed before this call. Offsets are committed only
    /// afterwards. No put is under way. Not called where <see cref="NeedsFlush"/> is false.
    /// </summary>
    public virtual Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Says that no further put comes before those under way have ended. A task that holds records back until there are more of
    /// them should send what it has. May be called from any thread, and more than once.
    /// </summary>
    public virtual void Drain()
    {
    }

    /// <summary>Releases everything. Called exactly once, also when <see cref="StartAsync"/> has failed.</summary>
    public virtual Task StopAsync() => Task.CompletedTask;
}

/// <summary>What a task is given at its start.</summary>
/// <param name="Connector">The connector's name.</param>
/// <param name="Task">The task's number, from 0.</param>
/// <param name="Config">The connector's configuration, with placeholders resolved. Holds secrets: never log it.</param>
/// <param name="Logger">Where the task logs; entries carry connector and task.</param>
/// <param name="Time">The clock to use for delays and deadlines.</param>
public sealed record SinkTaskContext(
    string Connector,
    int Task,
    IReadOnlyDictionary<string, string> Config,
    ILogger Logger,
    TimeProvider Time)
{
    /// <summary>
    /// How long what fails is tried again (<c>errors.retry.timeout</c>): zero for not at all,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for ever; null where the configuration does not say.
    /// </summary>
    public TimeSpan? RetryTimeout { get; init; }

    /// <summary>
    /// Whether a record that the destination refuses for good is skipped (<c>errors.tolerance=all</c>). If not, it fails the task, and
    /// nothing behind it should be delivered.
    /// </summary>
    public bool ToleratesErrors { get; init; }

    /// <summary>
    /// Takes single records that cannot be delivered. As in Kafka Connect, null unless the connector has a dead letter queue or
    /// <c>errors.log.enable</c>. A task that fails its put with <see cref="RecordsFailedException"/> does not need it: such records get the
    /// same treatment.
    /// </summary>
    public IErrantRecordReporter? ErrantRecordReporter { get; init; }

    /// <summary>To be told of each failure that the task deals with by trying again, so that status can show it. Thread-safe.</summary>
    public Action<Exception> OnRetry { get; init; } = static _ => { };

    /// <summary>
    /// To be told why records wait, while nothing has failed with them yet: the destination's client deals with it by itself, as with a
    /// connection that it cannot open. Status shows it once nothing has been acknowledged for a while. Thread-safe.
    /// </summary>
    public Action<Exception> OnTrouble { get; init; } = static _ => { };

    /// <summary>
    /// The addresses of the Kafka brokers that the records come from, as <c>bootstrap.servers</c> has them; empty when the
    /// pipeline does not say.
    /// </summary>
    public string SourceBootstrapServers { get; init; } = "";

    /// <summary>The longest delay between two tries (<c>errors.retry.delay.max.ms</c>).</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Names the task without its configuration, which may hold secrets.</summary>
    public override string ToString() => $"{Connector}-{Task}";
}
