namespace Exports.Connectors.Sdk;

/// <summary>
/// A kind of connector: what it is called, which keys it takes, and the tasks that do its work. One instance serves all
/// connectors of the kind, so it holds no state. Needs a public constructor without parameters.
/// </summary>
public abstract class SinkConnector
{
    /// <summary>The version shown in <c>/connector-plugins</c> and in status; by default that of the assembly.</summary>
    public virtual string Version => GetType().Assembly.GetName().Version?.ToString(3) ?? "undefined";

    /// <summary>
    /// Other names that <c>connector.class</c> may give this connector by, such as the Java class name of the original
    /// that it replaces. The full .NET class name, the simple name, and that without its suffix "Connector" always work.
    /// </summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>The keys of its configuration, beyond those that every sink connector has.</summary>
    public abstract ConfigDef Config { get; }

    /// <summary>
    /// Prefixes of further keys that it reads, such as <c>producer.</c> for settings that it hands on. Keys under them are
    /// not reported as unknown.
    /// </summary>
    public virtual IReadOnlyList<string> KeyPrefixes => [];

    /// <summary>Finds keys under <see cref="KeyPrefixes"/> that change nothing, such as misspelt ones. They are warned of.</summary>
    /// <param name="config">The connector's whole configuration, placeholders resolved; it may be wrong in other ways.</param>
    public virtual IEnumerable<string> FindKeysWithoutEffect(IReadOnlyDictionary<string, string> config) => [];

    /// <summary>
    /// Checks what concerns several keys at once. Called when every key of <see cref="Config"/> is all right by itself.
    /// </summary>
    /// <param name="config">The connector's whole configuration, placeholders resolved. Holds secrets: messages must not.</param>
    /// <returns>One entry an error: the key it is shown at, and a message that says what is wrong and what is allowed.</returns>
    public virtual IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config) => [];

    /// <summary>
    /// Asks the destination whether a task of this configuration could write to it: whether it can be reached, takes the
    /// credentials, and has the stream or topic. Writes nothing. Called on request only, when <see cref="Validate"/> finds no error.
    /// </summary>
    /// <param name="config">The connector's whole configuration, placeholders resolved. Holds secrets: messages must not.</param>
    /// <param name="cancellationToken">Cancelled when time is up.</param>
    /// <returns>One entry an error: the key it is shown at, and a message that says what is wrong and what to do.</returns>
    public virtual Task<IReadOnlyList<(string Key, string Message)>> CheckDestinationAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<(string Key, string Message)>>([]);

    /// <summary>
    /// Moves the positions that the destination keeps, for tasks that tell them in <see cref="SinkTask.OpenPartitionsAsync"/>. Called
    /// when an operator changes offsets, while the connector has no tasks. What fails here leaves the connector's own offsets as
    /// they were; the operator may try again, so that a call must do no harm when it is repeated.
    /// </summary>
    /// <param name="config">The connector's whole configuration, placeholders resolved. Holds secrets: messages must not.</param>
    /// <param name="offsets">The offset of the next record to put, by partition; null for none, as if nothing had ever been put.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits any more.</param>
    /// <returns>
    /// True when the destination now agrees with these offsets; false, the default, when this connector knows nothing of
    /// positions that a destination might keep.
    /// </returns>
    /// <exception cref="RetriableException">The destination did not answer.</exception>
    /// <exception cref="ConnectException">The destination refuses.</exception>
    public virtual Task<bool> AlterOffsetsAsync(
        IReadOnlyDictionary<string, string> config,
        IReadOnlyDictionary<TopicPartition, long?> offsets,
        CancellationToken cancellationToken)
        => Task.FromResult(false);

    /// <summary>Makes a task, not yet started. Each call gives a new one.</summary>
    public abstract SinkTask CreateTask();
}
