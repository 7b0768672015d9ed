using Orleans.Concurrency;

namespace Exports.Grains;

/// <summary>
/// A connector; its key is the connector's name. Holds the configuration with its placeholders unresolved, the target
/// state, and the plan of which task reads which partitions. Callers check configurations before they hand them in.
/// </summary>
[Alias("exports.connector")]
public interface IConnectorGrain : IGrainWithStringKey
{
    /// <summary>Creates the connector. Answers once its configuration is stored; tasks start afterwards.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="initialState">What it shall do.</param>
    /// <param name="initialOffsets">
    /// Where it shall begin, instead of where its Kafka group stands: the group's own offsets are removed. Null to leave them.
    /// </param>
    /// <returns>The connector, or that it exists already (which is then left as it is).</returns>
    [ResponseTimeout("00:02:00")]
    Task<CreateResult> CreateAsync(
        Dictionary<string, string> config, TargetState initialState, List<OffsetChange>? initialOffsets = null);

    /// <summary>
    /// Replaces the configuration, or creates the connector. An unchanged configuration disturbs no task; a changed one
    /// restarts them. A stopped or paused connector stays so.
    /// </summary>
    Task<PutConfigResult> PutConfigAsync(Dictionary<string, string> config);

    /// <summary>Replaces the configuration, as <see cref="PutConfigAsync"/> does, if it is still the one that the caller has read.</summary>
    /// <returns>The connector as it is now, with <see cref="ReplaceConfigResult.Replaced"/> false when it had another configuration; null when there is none.</returns>
    Task<ReplaceConfigResult?> ReplaceConfigAsync(Dictionary<string, string> read, Dictionary<string, string> config);

    /// <summary>Stops all tasks and forgets the connector with its offsets (the Kafka group keeps its own).</summary>
    /// <returns>False when there is no such connector.</returns>
    [ResponseTimeout("00:05:00")]
    Task<bool> DeleteAsync();

    /// <summary>The connector, or null when there is none.</summary>
    [AlwaysInterleave]
    Task<ConnectorInfo?> GetInfoAsync();

    /// <summary>The connector's and its tasks' states, or null when there is none.</summary>
    [AlwaysInterleave]
    Task<ConnectorStatus?> GetStatusAsync();

    /// <summary>Sets the target state. Answers once it is stored; for <see cref="TargetState.Stopped"/>, once all tasks have stopped.</summary>
    /// <returns>False when there is no such connector.</returns>
    [ResponseTimeout("00:05:00")]
    Task<bool> SetTargetStateAsync(TargetState target);

    /// <summary>Restarts the connector (its plan is made anew), and tasks where asked for.</summary>
    /// <param name="includeTasks">Restart its tasks as well.</param>
    /// <param name="onlyFailed">Leave alone what has not failed.</param>
    /// <returns>The status with what is being restarted shown as <see cref="RunState.Restarting"/>, or null when there is no such connector.</returns>
    Task<ConnectorStatus?> RestartAsync(bool includeTasks, bool onlyFailed);

    /// <summary>Restarts one task.</summary>
    Task<RestartTaskResult> RestartTaskAsync(int task);

    /// <summary>
    /// Changes offsets of a stopped connector, and those of its Kafka group and destination with them. Either all changes are
    /// made or the connector's own offsets stay as they were.
    /// </summary>
    /// <param name="changes">The changes; null to forget all offsets.</param>
    [ResponseTimeout("00:02:00")]
    Task<AlterOffsetsResult> AlterOffsetsAsync(List<OffsetChange>? changes);

    /// <summary>The topics that the connector has read records of since it was created or the list was reset; none where there is no such connector.</summary>
    [AlwaysInterleave]
    Task<List<string>> GetTopicsAsync();

    /// <summary>Begins the list of topics anew. Harmless where there is no such connector.</summary>
    Task ResetTopicsAsync();

    /// <summary>
    /// The committed offset of each partition that has one, by topic and partition; null when there is no such connector. Of a
    /// connector without tasks, those of its Kafka group as well, from which it would go on.
    /// </summary>
    [AlwaysInterleave]
    Task<KnownOffsets?> GetOffsetsAsync();

    /// <summary>
    /// Brings the tasks to where the plan wants them. Called when a worker starts, by the connector's reminder, and by
    /// whoever notices that a silo is gone. Harmless at any time; does nothing where there is no such connector.
    /// </summary>
    Task EnsureRunningAsync();
}
