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
    /// <returns>The connector, or null when it exists already (which is then left as it is).</returns>
    Task<ConnectorInfo?> CreateAsync(Dictionary<string, string> config, TargetState initialState);

    /// <summary>
    /// Replaces the configuration, or creates the connector. An unchanged configuration disturbs no task; a changed one
    /// restarts them. A stopped or paused connector stays so.
    /// </summary>
    Task<PutConfigResult> PutConfigAsync(Dictionary<string, string> config);

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

    /// <summary>The committed offset of each partition that has one, by topic and partition; null when there is no such connector.</summary>
    [AlwaysInterleave]
    Task<List<PartitionOffset>?> GetOffsetsAsync();

    /// <summary>
    /// Brings the tasks to where the plan wants them. Called when a worker starts, by the connector's reminder, and by
    /// whoever notices that a silo is gone. Harmless at any time; does nothing where there is no such connector.
    /// </summary>
    Task EnsureRunningAsync();
}
