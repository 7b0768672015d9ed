namespace Exports.Pipeline;

/// <summary>The names of the keys that every sink connector has.</summary>
public static class ConnectorKeys
{
    /// <summary>The connector's name.</summary>
    public const string Name = "name";

    /// <summary>The connector's class.</summary>
    public const string ConnectorClass = "connector.class";

    /// <summary>Which version of the connector's class.</summary>
    public const string ConnectorPluginVersion = "connector.plugin.version";

    /// <summary>What follows the name of a converter's key, or a transform's prefix, to say which version of its class.</summary>
    public const string PluginVersionSuffix = ".plugin.version";

    /// <summary>The most tasks.</summary>
    public const string TasksMax = "tasks.max";

    /// <summary>The converter of keys; its own keys have this name as a prefix.</summary>
    public const string KeyConverter = "key.converter";

    /// <summary>The converter of values; its own keys have this name as a prefix.</summary>
    public const string ValueConverter = "value.converter";

    /// <summary>The converter of headers; its own keys have this name as a prefix.</summary>
    public const string HeaderConverter = "header.converter";

    /// <summary>The topics to read, by name.</summary>
    public const string Topics = "topics";

    /// <summary>The topics to read, by pattern.</summary>
    public const string TopicsRegex = "topics.regex";

    /// <summary>The aliases of transforms, in order; their keys are under <c>transforms.ALIAS.</c>.</summary>
    public const string Transforms = "transforms";

    /// <summary>The aliases of predicates; their keys are under <c>predicates.ALIAS.</c>.</summary>
    public const string Predicates = "predicates";

    /// <summary>What to do when a value of a config provider has changed.</summary>
    public const string ReloadAction = "config.action.reload";

    /// <summary>How long failed operations are retried.</summary>
    public const string ErrorsRetryTimeout = "errors.retry.timeout";

    /// <summary>The longest wait between retries.</summary>
    public const string ErrorsRetryDelayMax = "errors.retry.delay.max.ms";

    /// <summary>Whether records that fail are skipped.</summary>
    public const string ErrorsTolerance = "errors.tolerance";

    /// <summary>Whether records that fail are logged.</summary>
    public const string ErrorsLogEnable = "errors.log.enable";

    /// <summary>Whether the log says where such a record stands.</summary>
    public const string ErrorsLogIncludeMessages = "errors.log.include.messages";

    /// <summary>The topic for records that fail.</summary>
    public const string DeadLetterTopic = "errors.deadletterqueue.topic.name";

    /// <summary>How many replicas that topic gets when it is created.</summary>
    public const string DeadLetterReplicationFactor = "errors.deadletterqueue.topic.replication.factor";

    /// <summary>Whether records there get headers that say what failed.</summary>
    public const string DeadLetterContextHeaders = "errors.deadletterqueue.context.headers.enable";

    /// <summary>Whether a failed task restarts itself.</summary>
    public const string RestartEnabled = "task.restart.enabled";

    /// <summary>How long it waits before the first restart.</summary>
    public const string RestartDelay = "task.restart.delay.ms";

    /// <summary>The longest wait before a restart.</summary>
    public const string RestartDelayMax = "task.restart.delay.max.ms";

    /// <summary>The most restarts without a healthy spell between.</summary>
    public const string RestartMaxAttempts = "task.restart.max.attempts";

    /// <summary>The prefix of settings of this connector's consumers.</summary>
    public const string ConsumerOverridePrefix = "consumer.override.";

    /// <summary>The prefix of settings of this connector's producers.</summary>
    public const string ProducerOverridePrefix = "producer.override.";

    /// <summary>The prefix of settings of this connector's administrative clients.</summary>
    public const string AdminOverridePrefix = "admin.override.";
}
