namespace Exports.Pipeline;

/// <summary>
/// What the data plane needs to know of the worker's configuration. Client settings have the names that Java clients use
/// (<c>security.protocol</c>, <c>fetch.max.wait.ms</c>, …); the pipeline translates them.
/// </summary>
public sealed record PipelineOptions
{
    /// <summary>Settings of every Kafka client of the worker, <c>bootstrap.servers</c> among them.</summary>
    public required IReadOnlyDictionary<string, string> Client { get; init; }

    /// <summary>Settings of consumers (<c>consumer.*</c> of the worker, prefix removed); they win over <see cref="Client"/>.</summary>
    public IReadOnlyDictionary<string, string> Consumer { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings of producers (<c>producer.*</c>).</summary>
    public IReadOnlyDictionary<string, string> Producer { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings of administrative clients (<c>admin.*</c>).</summary>
    public IReadOnlyDictionary<string, string> Admin { get; init; } = new Dictionary<string, string>();

    /// <summary>Which settings of its clients a connector may choose (<c>connector.client.config.override.policy</c>).</summary>
    public ClientOverridePolicy Overrides { get; init; } = ClientOverridePolicy.All;

    /// <summary>The worker's converters: <c>key.converter</c>, <c>value.converter</c>, <c>header.converter</c> and the keys under each as prefix. A connector's own win.</summary>
    public IReadOnlyDictionary<string, string> Converters { get; init; } = new Dictionary<string, string>();

    /// <summary>The worker's <c>config.providers</c> and <c>config.providers.*</c> keys.</summary>
    public IReadOnlyDictionary<string, string> ConfigProviders { get; init; } = new Dictionary<string, string>();

    /// <summary>The worker's <c>group.id</c>: the client group of lanes, which never commit to it.</summary>
    public string GroupId { get; init; } = "exports";

    /// <summary>How many lanes tasks with the same client settings share, unless one partition is wanted twice. At least 1.</summary>
    public int Lanes { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>The most bytes that all tasks of the worker together may hold, read and not yet acknowledged.</summary>
    public long BufferBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>The most bytes that one task may hold, read and not yet acknowledged.</summary>
    public long TaskBufferBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>How often topics are read anew (<c>metadata.max.age.ms</c>).</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping or revoked task may take to deliver what is on its way (<c>task.shutdown.graceful.timeout.ms</c>).</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time limit of a single question to Kafka: metadata, offsets, commits.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
