using Exports.Observation;
using Exports.Pipeline;

namespace Exports.Silo.Configuration;

/// <summary>The worker's configuration, checked, with defaults filled in and placeholders resolved. Holds secrets: never log it whole.</summary>
public sealed record WorkerConfig
{
    /// <summary>The brokers to begin with, as <c>host:port</c>.</summary>
    public required IReadOnlyList<string> BootstrapServers { get; init; }

    /// <summary>The worker's name to Kafka.</summary>
    public required string GroupId { get; init; }

    /// <summary>Where the REST API listens; at least one.</summary>
    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary>Who may call the REST API, over what, and within which limits.</summary>
    public required RestConfig Rest { get; init; }

    /// <summary>The directory of the worker's state, as a full path.</summary>
    public required string DataDir { get; init; }

    /// <summary>The cluster that the worker belongs to; null for a worker that is alone.</summary>
    public required ClusterConfig? Cluster { get; init; }

    /// <summary>Whether connectors run in this process; else it answers for a cluster whose workers run them, and <see cref="Cluster"/> is given.</summary>
    public required bool RunsConnectors { get; init; }

    /// <summary>The directories with plugins, as full paths.</summary>
    public required IReadOnlyList<string> PluginPath { get; init; }

    /// <summary>How often a task stores its offsets.</summary>
    public required TimeSpan OffsetFlushInterval { get; init; }

    /// <summary>How long one flush may take.</summary>
    public required TimeSpan OffsetFlushTimeout { get; init; }

    /// <summary><c>config.reload.interval.ms</c>.</summary>
    public required TimeSpan ConfigReloadInterval { get; init; }

    /// <summary>How long a task may hold records without an acknowledgement before it is unhealthy.</summary>
    public required TimeSpan UnhealthyAfter { get; init; }

    /// <summary>How metrics are served.</summary>
    public required MetricsOptions Metrics { get; init; }

    /// <summary>Where metrics and traces are pushed; null for nowhere.</summary>
    public required OtlpConfig? Otlp { get; init; }

    /// <summary>How long a stopping task may take to deliver what is on its way.</summary>
    public required TimeSpan ShutdownGrace { get; init; }

    /// <summary>Whether the engine's dashboard is served, where it has one.</summary>
    public required bool ShowsDashboard { get; init; }

    /// <summary>Whether the topics that connectors have read are told.</summary>
    public required bool TracksTopics { get; init; }

    /// <summary>Whether a connector's list of topics may be reset.</summary>
    public required bool AllowsTopicReset { get; init; }

    /// <summary>What the data plane needs to know.</summary>
    public required PipelineOptions Pipeline { get; init; }

    /// <summary>What is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>How the log is written.</summary>
    public required LogFormat LogFormat { get; init; }

    /// <summary>What is logged of categories that begin with a name; the longest name wins.</summary>
    public required IReadOnlyDictionary<string, LogLevel> LogLevels { get; init; }

    /// <summary>What an operator should know: unknown keys, and keys that ask for what is not there. One sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The given keys that mean nothing here, in order.</summary>
    public required IReadOnlyList<string> NotNeeded { get; init; }

    /// <summary>The environment variables that were used, in order.</summary>
    public required IReadOnlyList<string> FromEnvironment { get; init; }

    /// <summary>Reads the configuration. The command line wins over the environment, and the environment over the file.</summary>
    /// <param name="path">A Java properties file, or null for none.</param>
    /// <param name="environment">The process's environment: <c>CONNECT_*</c> and the few others of <see cref="EnvironmentKeys"/>.</param>
    /// <param name="overrides">Keys from the command line.</param>
    /// <exception cref="WorkerConfigException">The file cannot be read, or keys or values are wrong; names all of them.</exception>
    public static WorkerConfig Load(
        string? path, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> overrides)
        => new WorkerConfigLoader().Load(path, environment, overrides);

    /// <summary>Takes the configuration from memory alone.</summary>
    /// <param name="settings">Worker keys and their values.</param>
    /// <exception cref="WorkerConfigException">Keys or values are wrong; names all of them.</exception>
    public static WorkerConfig From(IReadOnlyDictionary<string, string> settings)
        => Load(null, new Dictionary<string, string>(), settings);
}
