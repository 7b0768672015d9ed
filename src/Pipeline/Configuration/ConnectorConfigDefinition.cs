using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>The keys that every sink connector has, with their checks.</summary>
internal static class ConnectorConfigDefinition
{
    public const string CommonGroup = "Common";
    public const string TransformsGroup = "Transforms";
    public const string PredicatesGroup = "Predicates";
    public const string ErrorGroup = "Error Handling";

    /// <summary>Makes the definition.</summary>
    /// <param name="plugins">Where classes are looked up; null to take any class name.</param>
    public static ConfigDef Create(PluginCatalog? plugins)
        => [.. CommonKeys(plugins), .. ErrorKeys(), .. TopicKeys(), .. DeadLetterKeys(), .. RestartKeys()];

    /// <summary>A key for the version of a plugin.</summary>
    /// <param name="name">The key.</param>
    /// <param name="display">The name to show; null for the key.</param>
    /// <param name="group">The group it is shown in.</param>
    /// <param name="classKey">The key of the plugin's class.</param>
    /// <param name="versions">Gives the versions of a class; null for none to recommend.</param>
    public static ConfigKey PluginVersion(
        string name, string? display, string? group, string classKey, Func<string, IReadOnlyList<string>>? versions)
        => new(name, ConfigType.String,
            $"Which version of {classKey}: 1.2 for that one, or a range as in [1.2,2), (,2] or [1,2),[3,), of which the highest " +
                "version serves. By default, and with latest, the highest version that there is.")
        {
            Default = null,
            Group = group,
            Importance = ConfigImportance.Low,
            DisplayName = display ?? name,
            Check = value => value is string text ? PluginVersionRange.Parse(text).Error : null,
            Recommend = versions is null ? null : config => config.TryGetValue(classKey, out var name) ? versions(name) : [],
        };

    /// <summary>A check that leaves alone what is not there and what could not be parsed, whose error is known already.</summary>
    private static Func<object?, string?> WhereGiven(Func<object?, string?> check) => value => value is null ? null : check(value);

    private static IEnumerable<ConfigKey> CommonKeys(PluginCatalog? plugins) =>
    [
        new(ConnectorKeys.Name, ConfigType.String, "The connector's name, unique among all connectors.")
        {
            Group = CommonGroup,
            Importance = ConfigImportance.High,
            DisplayName = "Connector name",
            Check = ConfigChecks.NonEmptyWithoutControlCharacters,
        },
        new(ConnectorKeys.ConnectorClass, ConfigType.String,
            "The connector's class: the full .NET or Java class name, or the simple name with or without \"Connector\" at " +
                "its end, such as FileStreamSink.")
        {
            Group = CommonGroup,
            Importance = ConfigImportance.High,
            Width = ConfigWidth.Long,
            DisplayName = "Connector class",
        },
        PluginVersion(
            ConnectorKeys.ConnectorPluginVersion,
            "Connector version",
            CommonGroup,
            ConnectorKeys.ConnectorClass,
            plugins is null ? null : name => plugins.Versions(PluginType.Sink, name)) with
        {
            Importance = ConfigImportance.Medium,
        },
        new(ConnectorKeys.TasksMax, ConfigType.Int,
            "How many tasks share the connector's partitions. Tasks beyond the number of partitions stand by without work.")
        {
            Default = "1",
            Group = CommonGroup,
            Importance = ConfigImportance.High,
            Width = ConfigWidth.Short,
            DisplayName = "Tasks max",
            Check = ConfigChecks.AtLeast(1),
        },
        new("tasks.max.enforce", ConfigType.Boolean,
            "Accepted for compatibility (deprecated in Kafka Connect too); tasks.max is never exceeded here, whatever the value.")
        {
            Default = "true",
            Group = CommonGroup,
            Importance = ConfigImportance.Low,
            Width = ConfigWidth.Short,
            DisplayName = "Enforce tasks max",
        },
        .. Converter(plugins, ConnectorKeys.KeyConverter, "Key converter class", PluginType.Converter, "record keys"),
        .. Converter(plugins, ConnectorKeys.ValueConverter, "Value converter class", PluginType.Converter, "record values"),
        .. Converter(
            plugins, ConnectorKeys.HeaderConverter, "Header converter class", PluginType.HeaderConverter, "header values"),
        Aliases(ConnectorKeys.Transforms, TransformsGroup, "Transforms",
            "Aliases of the transforms that are applied to each record, in this order."),
        Aliases(ConnectorKeys.Predicates, PredicatesGroup, "Predicates", "Aliases of the predicates that transforms refer to."),
        new(ConnectorKeys.ReloadAction, ConfigType.String,
            "What to do when a value that a config provider gave to a running task has changed: restart the connector with its " +
                "tasks, or none. Each worker looks every config.reload.interval.ms.")
        {
            Default = "restart",
            Group = CommonGroup,
            Importance = ConfigImportance.Low,
            DisplayName = "Reload Action",
            Check = ConfigChecks.OneOf("none", "restart"),
        },
    ];

    private static IEnumerable<ConfigKey> ErrorKeys() =>
    [
        new(ConnectorKeys.ErrorsRetryTimeout, ConfigType.Long,
            "For how many milliseconds a failed operation is tried again. 0 for no retry, -1 for no limit. Where it is not " +
                "given, a delivery is tried again for five minutes, all else not at all.")
        {
            Default = "0",
            Group = ErrorGroup,
            DisplayName = "Retry Timeout for Errors",
            Check = WhereGiven(ConfigChecks.AtLeast(-1)),
        },
        new(ConnectorKeys.ErrorsRetryDelayMax, ConfigType.Long,
            "The longest wait between two tries, in milliseconds. Waits grow up to it, and are spread at random from there on.")
        {
            Default = "60000",
            Group = ErrorGroup,
            DisplayName = "Maximum Delay Between Retries for Errors",
            Check = WhereGiven(ConfigChecks.AtLeast(0)),
        },
        new(ConnectorKeys.ErrorsTolerance, ConfigType.String, "none: a record that fails, fails its task. all: it is skipped.")
        {
            Default = "none",
            Group = ErrorGroup,
            Width = ConfigWidth.Short,
            DisplayName = "Error Tolerance",
            Check = ConfigChecks.OneOf("none", "all"),
            Recommend = _ => ["none", "all"],
        },
        new(ConnectorKeys.ErrorsLogEnable, ConfigType.Boolean,
            "Whether each record that fails is logged, also where it is tolerated.")
        {
            Default = "false",
            Group = ErrorGroup,
            Width = ConfigWidth.Short,
            DisplayName = "Log Errors",
        },
        new(ConnectorKeys.ErrorsLogIncludeMessages, ConfigType.Boolean,
            "Whether such a log line says topic, partition, offset and timestamp. Keys, values and headers are never logged.")
        {
            Default = "false",
            Group = ErrorGroup,
            Width = ConfigWidth.Short,
            DisplayName = "Log Error Details",
        },
    ];

    private static IEnumerable<ConfigKey> TopicKeys() =>
    [
        new(ConnectorKeys.Topics, ConfigType.List,
            "The topics to read, separated by commas. Exactly one of topics and topics.regex must be given.")
        {
            Default = "",
            Group = CommonGroup,
            Importance = ConfigImportance.High,
            Width = ConfigWidth.Long,
            DisplayName = "Topics",
        },
        new(ConnectorKeys.TopicsRegex, ConfigType.String,
            "A regular expression in Java's syntax that the whole name of a topic must match to be read. New topics are " +
                "picked up.")
        {
            Default = "",
            Group = CommonGroup,
            Importance = ConfigImportance.High,
            Width = ConfigWidth.Long,
            DisplayName = "Topics regex",
            Check = TopicPattern.Check,
        },
    ];

    private static IEnumerable<ConfigKey> DeadLetterKeys() =>
    [
        new(ConnectorKeys.DeadLetterTopic, ConfigType.String,
            "The topic, in the worker's cluster, that records go to which cannot be converted or transformed, or which the " +
                "destination refuses for good: as they were read. It is created where it does not exist. Empty for none.")
        {
            Default = "",
            Group = ErrorGroup,
            DisplayName = "Dead Letter Queue Topic Name",
        },
        new(ConnectorKeys.DeadLetterReplicationFactor, ConfigType.Short,
            "The replication factor with which that topic is created, where it does not exist: no more than there are " +
                "brokers; -1 for the broker's default.")
        {
            Default = "3",
            Group = ErrorGroup,
            DisplayName = "Dead Letter Queue Topic Replication Factor",
            IsVisible = HasDeadLetterTopic,
        },
        new(ConnectorKeys.DeadLetterContextHeaders, ConfigType.Boolean,
            "Whether records there get headers that say where they are from and what failed. Their names begin with " +
                "__connect.errors. (with the dot).")
        {
            Default = "false",
            Group = ErrorGroup,
            DisplayName = "Enable Error Context Headers",
            IsVisible = HasDeadLetterTopic,
        },
    ];

    private static IEnumerable<ConfigKey> RestartKeys() =>
    [
        new(ConnectorKeys.RestartEnabled, ConfigType.Boolean, "Whether a failed task restarts itself.")
        {
            Default = "true",
            Group = ErrorGroup,
            Width = ConfigWidth.Short,
            DisplayName = "Restart Failed Tasks",
        },
        new(ConnectorKeys.RestartDelay, ConfigType.Long,
            "How long a failed task waits before its first restart, in milliseconds. Doubled for each further one, and " +
                "spread at random.")
        {
            Default = "1000",
            Group = ErrorGroup,
            DisplayName = "Restart Delay",
            Check = WhereGiven(ConfigChecks.Between(1, int.MaxValue)),
        },
        new(ConnectorKeys.RestartDelayMax, ConfigType.Long, "The longest wait before a restart, in milliseconds.")
        {
            Default = "300000",
            Group = ErrorGroup,
            DisplayName = "Maximum Restart Delay",
            Check = WhereGiven(ConfigChecks.Between(1, int.MaxValue)),
        },
        new(ConnectorKeys.RestartMaxAttempts, ConfigType.Int,
            "How often a task may restart itself without a healthy spell between. -1 for no limit.")
        {
            Default = "-1",
            Group = ErrorGroup,
            Width = ConfigWidth.Short,
            DisplayName = "Maximum Restarts",
            Check = WhereGiven(ConfigChecks.AtLeast(-1)),
        },
    ];

    private static IEnumerable<ConfigKey> Converter(
        PluginCatalog? plugins, string name, string display, PluginType type, string what) =>
    [
        new(name, ConfigType.Class,
            $"The converter of {what}; its own keys begin with {name}. (with the dot). By default the worker's converter, " +
                $"with the worker's keys.")
        {
            Default = null,
            Group = CommonGroup,
            Importance = ConfigImportance.Low,
            Width = ConfigWidth.Short,
            DisplayName = display,
            Check = value => value is string className ? ClassCheck(plugins, type, className) : null,
            Recommend = plugins is null ? null : _ => plugins.ClassNames(type),
        },
        PluginVersion(
            name + ConnectorKeys.PluginVersionSuffix,
            display.Replace("class", "version", StringComparison.Ordinal),
            CommonGroup,
            name,
            plugins is null ? null : className => plugins.Versions(type, className)) with
        {
            Width = ConfigWidth.Short,
        },
    ];

    private static ConfigKey Aliases(string name, string group, string display, string documentation)
        => new(name, ConfigType.List, documentation)
        {
            Default = "",
            Group = group,
            Importance = ConfigImportance.Low,
            Width = ConfigWidth.Long,
            DisplayName = display,
            Check = value => value switch
            {
                null => "entry must be non null",
                IReadOnlyList<string> list when list.Distinct(StringComparer.Ordinal).Count() < list.Count
                    => "Duplicate alias provided.",
                _ => null,
            },
        };

    private static string? ClassCheck(PluginCatalog? plugins, PluginType type, string className)
        => plugins is null ? null : plugins.DescribeMissing(type, className);

    private static bool HasDeadLetterTopic(IReadOnlyDictionary<string, string> config)
        => !string.IsNullOrWhiteSpace(config.GetValueOrDefault(ConnectorKeys.DeadLetterTopic));
}
