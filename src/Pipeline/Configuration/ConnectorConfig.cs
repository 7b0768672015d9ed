using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>A typed view of the keys that every sink connector has. Immutable.</summary>
public sealed class ConnectorConfig
{
    /// <summary>Reads the keys; those of the plugin are not looked at, nor whether classes exist.</summary>
    /// <param name="config">The connector's configuration, placeholders resolved.</param>
    /// <exception cref="ConfigException">A key is missing or has a value that is not allowed.</exception>
    public ConnectorConfig(IReadOnlyDictionary<string, string> config)
    {
        var parsed = Definition.Parse(config);
        if (TopicSubscription.Validate(config).FirstOrDefault() is { Message: not null } error)
            throw new ConfigException(error.Message);
        Name = parsed.GetString(ConnectorKeys.Name);
        ConnectorClass = parsed.GetString(ConnectorKeys.ConnectorClass);
        ConnectorPluginVersion = parsed.GetStringOrNull(ConnectorKeys.ConnectorPluginVersion);
        TasksMax = parsed.GetInt(ConnectorKeys.TasksMax);
        Topics = TopicSubscription.Distinct(parsed.GetList(ConnectorKeys.Topics));
        TopicsPattern = parsed.GetString(ConnectorKeys.TopicsRegex) is { Length: > 0 } pattern ? new(pattern) : null;
        RetryTimeout = parsed.GetLong(ConnectorKeys.ErrorsRetryTimeout) is var timeout and >= 0
            ? Milliseconds(timeout)
            : Timeout.InfiniteTimeSpan;
        RetryDelayMax = Milliseconds(parsed.GetLong(ConnectorKeys.ErrorsRetryDelayMax));
        ToleratesErrors = parsed.GetString(ConnectorKeys.ErrorsTolerance) == "all";
        LogsErrors = parsed.GetBoolean(ConnectorKeys.ErrorsLogEnable);
        LogsPositions = parsed.GetBoolean(ConnectorKeys.ErrorsLogIncludeMessages);
        RestartsOnReload = parsed.GetString(ConnectorKeys.ReloadAction) == "restart";
        DeadLetterTopic = parsed.GetString(ConnectorKeys.DeadLetterTopic).Trim() is { Length: > 0 } topic ? topic : null;
        DeadLetterReplicationFactor = parsed.GetShort(ConnectorKeys.DeadLetterReplicationFactor);
        DeadLetterContextHeaders = parsed.GetBoolean(ConnectorKeys.DeadLetterContextHeaders);
        Restart = new(
            parsed.GetBoolean(ConnectorKeys.RestartEnabled),
            Milliseconds(parsed.GetLong(ConnectorKeys.RestartDelay)),
            Milliseconds(parsed.GetLong(ConnectorKeys.RestartDelayMax)),
            parsed.GetInt(ConnectorKeys.RestartMaxAttempts));
        ConsumerOverrides = config.WithPrefix(ConnectorKeys.ConsumerOverridePrefix);
        ProducerOverrides = config.WithPrefix(ConnectorKeys.ProducerOverridePrefix);
        AdminOverrides = config.WithPrefix(ConnectorKeys.AdminOverridePrefix);
        GroupId = ConsumerOverrides.GetValueOrDefault("group.id") ?? DefaultGroupId(Name);
    }

    /// <summary>The keys that every sink connector has, in the order in which they are shown.</summary>
    public static ConfigDef Definition { get; } = ConnectorConfigDefinition.Create(plugins: null);

    /// <summary><c>name</c>.</summary>
    public string Name { get; }

    /// <summary><c>connector.class</c> as it was given.</summary>
    public string ConnectorClass { get; }

    /// <summary><c>connector.plugin.version</c> as it was given; null for the highest version.</summary>
    public string? ConnectorPluginVersion { get; }

    /// <summary><c>tasks.max</c>, at least 1.</summary>
    public int TasksMax { get; }

    /// <summary><c>topics</c>, each once; empty when <see cref="TopicsPattern"/> is set.</summary>
    public IReadOnlyList<string> Topics { get; }

    /// <summary><c>topics.regex</c>; null when <see cref="Topics"/> are set.</summary>
    public TopicPattern? TopicsPattern { get; }

    /// <summary>
    /// The Kafka group whose offsets are this connector's: <c>consumer.override.group.id</c>, else <c>connect-</c> and the
    /// name.
    /// </summary>
    public string GroupId { get; }

    /// <summary><c>errors.retry.timeout</c>; <see cref="Timeout.InfiniteTimeSpan"/> for −1, zero for no retry.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary><c>errors.retry.delay.max.ms</c>; zero for no delay.</summary>
    public TimeSpan RetryDelayMax { get; }

    /// <summary>True when <c>errors.tolerance</c> is <c>all</c>: a record that fails is skipped, and its task goes on.</summary>
    public bool ToleratesErrors { get; }

    /// <summary><c>errors.log.enable</c>: each failed record is logged.</summary>
    public bool LogsErrors { get; }

    /// <summary><c>errors.log.include.messages</c>: with topic, partition, offset and timestamp, never with content.</summary>
    public bool LogsPositions { get; }

    /// <summary>True when <c>config.action.reload</c> is <c>restart</c>.</summary>
    public bool RestartsOnReload { get; }

    /// <summary><c>errors.deadletterqueue.topic.name</c>; null when there is no dead letter queue.</summary>
    public string? DeadLetterTopic { get; }

    /// <summary><c>errors.deadletterqueue.topic.replication.factor</c>; −1 for the broker's default.</summary>
    public short DeadLetterReplicationFactor { get; }

    /// <summary><c>errors.deadletterqueue.context.headers.enable</c>.</summary>
    public bool DeadLetterContextHeaders { get; }

    /// <summary>The <c>task.restart.*</c> keys.</summary>
    public TaskRestartPolicy Restart { get; }

    /// <summary><c>consumer.override.*</c>, prefix removed.</summary>
    public IReadOnlyDictionary<string, string> ConsumerOverrides { get; }

    /// <summary><c>producer.override.*</c>, prefix removed.</summary>
    public IReadOnlyDictionary<string, string> ProducerOverrides { get; }

    /// <summary><c>admin.override.*</c>, prefix removed.</summary>
    public IReadOnlyDictionary<string, string> AdminOverrides { get; }

    /// <summary>The Kafka group of a connector of that name that does not choose another.</summary>
    public static string DefaultGroupId(string connector) => $"connect-{connector}";

    /// <summary>Whether the connector reads that topic, by name or by pattern.</summary>
    /// <exception cref="ConnectException">The pattern takes too long to match.</exception>
    public bool Subscribes(string topic)
        => TopicsPattern is { } pattern ? pattern.Matches(topic) : Topics.Contains(topic, StringComparer.Ordinal);

    // Longer times than a TimeSpan holds are as good as the longest.
    private static TimeSpan Milliseconds(long milliseconds)
        => milliseconds < TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond
            ? TimeSpan.FromMilliseconds(milliseconds)
            : TimeSpan.MaxValue;
}
