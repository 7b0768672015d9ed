using System.Globalization;
using Exports.Connectors.Sdk;

namespace Exports.Silo.Configuration;

/// <summary>Every key that the worker knows: the one table from which it is parsed, checked and documented.</summary>
internal static class WorkerKeys
{
    public const string BootstrapServers = "bootstrap.servers";
    public const string GroupId = "group.id";
    public const string MetadataMaxAge = "metadata.max.age.ms";
    public const string KeyConverter = "key.converter";
    public const string ValueConverter = "value.converter";
    public const string HeaderConverter = "header.converter";
    public const string ConfigProviders = "config.providers";
    public const string PluginPath = "plugin.path";
    public const string Listeners = "listeners";
    public const string RestHostName = "rest.host.name";
    public const string RestPort = "rest.port";
    public const string FlushInterval = "offset.flush.interval.ms";
    public const string FlushTimeout = "offset.flush.timeout.ms";
    public const string ShutdownGrace = "task.shutdown.graceful.timeout.ms";
    public const string DataDir = "data.dir";
    public const string Lanes = "pipeline.lanes";
    public const string BufferBytes = "pipeline.buffer.bytes";
    public const string TaskBufferBytes = "pipeline.task.buffer.bytes";
    public const string LogLevel = "log.level";
    public const string LogLevelOf = "log.level.";
    public const string Consumer = "consumer.";
    public const string Producer = "producer.";
    public const string Admin = "admin.";

    private const string Kafka = "Kafka";
    private const string Plugins = "Converters and plugins";
    private const string Tasks = "Tasks and offsets";
    private const string Rest = "REST API";
    private const string State = "State, memory and threads";
    private const string Logging = "Logging";
    private const string OnlySources = "concerns source connectors alone; every connector here is a sink";

    /// <summary>The groups in the order in which they are documented.</summary>
    public static readonly IReadOnlyList<string> Groups = [Kafka, Plugins, Tasks, Rest, State, Logging];

    /// <summary>The keys that have a name of their own.</summary>
    public static readonly IReadOnlyList<WorkerKey> All =
    [
        .. InKafka(), .. InPlugins(), .. InTasks(), .. InRest(), .. InState(), .. InLogging(), .. WithoutMeaning(),
    ];

    /// <summary>The keys that begin alike.</summary>
    public static readonly IReadOnlyList<KeyFamily> Families =
    [
        new(Consumer, KeyUse.Used, "Settings of the consumers that read for connectors, under the names of Java clients; they win over the worker's own. A connector's `consumer.override.*` wins over both."),
        new(Producer, KeyUse.Used, "Settings of the producers that write to dead letter queues; a connector's `producer.override.*` wins over them. A Kafka sink has settings of its own for its target."),
        new(Admin, KeyUse.Used, "Settings of the clients that ask Kafka about topics, create those of dead letter queues, and read and write group offsets."),
        new(KeyConverter + ".", KeyUse.Used, "Settings of the worker's key converter, such as `key.converter.schemas.enable`."),
        new(ValueConverter + ".", KeyUse.Used, "Settings of the worker's value converter."),
        new(HeaderConverter + ".", KeyUse.Used, "Settings of the worker's header converter."),
        new(ConfigProviders + ".", KeyUse.Used, "For each provider NAME: `config.providers.NAME.class`, and its parameters as `config.providers.NAME.param.*`."),
        new(LogLevelOf, KeyUse.Used, "The log level of what begins with a name: `log.level.Exports.Pipeline=DEBUG`. Levels as for `log.level`."),
        new("config.storage.", KeyUse.NotNeeded, "configurations live under `data.dir`, not in a topic"),
        new("offset.storage.", KeyUse.NotNeeded, "offsets live under `data.dir`, and are mirrored to each connector's consumer group"),
        new("status.storage.", KeyUse.NotNeeded, "states are asked of the tasks themselves"),
        new("rest.advertised.", KeyUse.NotNeeded, "no request is passed on from worker to worker"),
        new("inter.worker.", KeyUse.NotNeeded, "no request is passed on from worker to worker"),
        new("listeners.https.", KeyUse.NotNeeded, "there is no https listener (see `listeners`)"),
        new("topic.creation.", KeyUse.NotNeeded, OnlySources),
        new("metrics.", KeyUse.NotNeeded, "metrics are not sampled in windows, and need no reporter"),
        new("internal.", KeyUse.NotNeeded, "configurations and offsets are not stored through converters"),
        new("log4j.", KeyUse.NotNeeded, "names Java loggers; use `log.level` (`log4j.root.loglevel` is read as that)"),
    ];

    private static readonly Dictionary<string, WorkerKey> s_byName = All.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>The key of that name, or null.</summary>
    public static WorkerKey? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>The family that the key belongs to, or null; a key with a name of its own belongs to none.</summary>
    public static KeyFamily? FamilyOf(string name) => Find(name) is null ? Families.FirstOrDefault(family => family.Contains(name)) : null;

    private static IEnumerable<WorkerKey> InKafka() =>
    [
        Used(BootstrapServers, ConfigType.List, "localhost:9092", Kafka, "The brokers to begin with.",
            allowed: "`host:port`, separated by commas", check: HostsAndPorts, importance: ConfigImportance.High),
        Used(GroupId, ConfigType.String, "exports", Kafka,
            "Names this worker to Kafka. No consumer joins a group of that name, and nothing is committed to it: a connector's "
            + "offsets go to the group `connect-<name>`. A connector may not use this name as its own group.",
            check: ConfigChecks.NonEmpty, importance: ConfigImportance.High),
        Used(MetadataMaxAge, ConfigType.Long, "30000", Kafka,
            "How often topics and partition counts are read anew, in milliseconds: the longest time until a new topic or "
            + "partition is picked up. Kafka's own default is 300000.",
            allowed: "at least 1000", check: ConfigChecks.AtLeast(1000)),
    ];

    private static IEnumerable<WorkerKey> InPlugins() =>
    [
        Used(KeyConverter, ConfigType.Class, "ByteArrayConverter", Plugins,
            "The converter of record keys for connectors that name none. Kafka Connect demands one; here bytes pass through "
            + "as they are when none is named.", importance: ConfigImportance.High),
        Used(ValueConverter, ConfigType.Class, "ByteArrayConverter", Plugins,
            "The converter of record values for connectors that name none; otherwise as `key.converter`.",
            importance: ConfigImportance.High),
        Used(HeaderConverter, ConfigType.Class, "SimpleHeaderConverter", Plugins,
            "The converter of header values for connectors that name none."),
        Used(ConfigProviders, ConfigType.List, "", Plugins,
            "The providers of values for `${provider:path:key}` placeholders, in connector configurations and in this one.",
            allowed: "names, separated by commas"),
        Used(PluginPath, ConfigType.List, "", Plugins,
            "Directories with plugins: each plugin an assembly, or a directory of assemblies. Built-in plugins are always there.",
            allowed: "directories, separated by commas"),
    ];

    private static IEnumerable<WorkerKey> InTasks() =>
    [
        Used(FlushInterval, ConfigType.Long, "10000", Tasks,
            "How often a task flushes its sink and stores its offsets, in milliseconds: after a crash, at most what was "
            + "delivered in this time is delivered again. Kafka Connect's own default is 60000.",
            allowed: "at least 100", check: ConfigChecks.AtLeast(100), importance: ConfigImportance.High),
        Used(FlushTimeout, ConfigType.Long, "5000", Tasks,
            "How long one flush may take, in milliseconds; after that its offsets are not stored, and the next flush tries again.",
            allowed: "at least 1", check: ConfigChecks.AtLeast(1)),
        Used(ShutdownGrace, ConfigType.Long, "5000", Tasks,
            "How long a task that stops may take to deliver what is on its way, in milliseconds. What is cut off is "
            + "delivered again at the next start.",
            allowed: "at least 0", check: ConfigChecks.AtLeast(0)),
    ];

    private static IEnumerable<WorkerKey> InRest() =>
    [
        Used(Listeners, ConfigType.List, "http://:8083", Rest, "Where the REST API listens.",
            allowed: "`http://host:port`, separated by commas; an empty host for all addresses, port 0 for a free one", check: ListenersParse, importance: ConfigImportance.High),
        Used(RestHostName, ConfigType.String, null, Rest,
            "The host of the listener where `listeners` is not given. Older workers and images use it.", check: Host),
        Used(RestPort, ConfigType.Int, null, Rest,
            "The port of the listener where `listeners` is not given. Older workers and images use it.",
            allowed: "0 to 65535", check: ConfigChecks.Between(0, 65535)),
        Refused("admin.listeners", ConfigType.List, null, Rest,
            "Would move `/admin` to an address of its own. There is no `/admin` yet; when there is, it must not open at the "
            + "public address of a worker whose operator has set this.", ""),
        Refused("rest.extension.classes", ConfigType.List, "", Rest,
            "Java classes that guard or extend the REST API. Not implemented: starting without them would open what they guard.",
            ""),
        Refused("response.http.headers.config", ConfigType.String, "", Rest,
            "Headers to add to every response, most often for security. Not implemented.", ""),
        Warned("access.control.allow.origin", ConfigType.String, "", Rest,
            "Would allow pages of other origins to call the API. Not implemented: browsers keep them out.", ""),
        Warned("access.control.allow.methods", ConfigType.String, "", Rest,
            "Would name the methods for pages of other origins. Not implemented: browsers keep them out.", ""),
        Refused("connector.client.config.override.policy", ConfigType.Class, "All", Rest,
            "Which client settings a connector may override. Only `All` is implemented: another policy would not be kept.",
            "All", "AllConnectorClientConfigOverridePolicy",
            "org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy"),
        Warned("topic.tracking.enable", ConfigType.Boolean, "true", Rest,
            "Whether the topics that a connector uses are kept for `/connectors/NAME/topics`. Not implemented.", "true"),
        Warned("topic.tracking.allow.reset", ConfigType.Boolean, "true", Rest,
            "Whether that record may be reset. Not implemented.", "true"),
    ];

    private static IEnumerable<WorkerKey> InState() =>
    [
        Used(DataDir, ConfigType.String, "./data", State,
            "The directory of the worker's state: configurations, target states, plans and offsets. Made if missing. "
            + "One worker at a time may use it.", check: ConfigChecks.NonEmpty, importance: ConfigImportance.High),
        Used(Lanes, ConfigType.Int, null, State,
            "How many consumers, each with a thread of its own, read for all tasks with the same client settings. "
            + "By default half the processor cores, at least 1 and at most 4. More are opened where one would read more than "
            + "500 partitions, or one partition for two tasks.",
            allowed: "1 to 64", check: ConfigChecks.Between(1, 64)),
        Used(BufferBytes, ConfigType.Long, "268435456", State,
            "The most bytes that all tasks together may hold, read and not yet acknowledged.",
            allowed: "at least 1048576", check: ConfigChecks.AtLeast(1 << 20)),
        Used(TaskBufferBytes, ConfigType.Long, "16777216", State,
            "The most bytes that one task may hold, read and not yet acknowledged.",
            allowed: "at least 65536", check: ConfigChecks.AtLeast(1 << 16)),
    ];

    private static IEnumerable<WorkerKey> InLogging() =>
    [
        Used(LogLevel, ConfigType.String, "INFO", Logging, "What is logged to standard output.",
            allowed: "TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF, in any case", check: Level),
    ];

    private static IEnumerable<WorkerKey> WithoutMeaning()
    {
        const string NoGroup = "workers do not form a Kafka consumer group, and nothing is rebalanced";
        foreach (var (name, why) in new (string, string)[]
        {
            ("connect.protocol", NoGroup),
            ("session.timeout.ms", NoGroup),
            ("heartbeat.interval.ms", NoGroup),
            ("rebalance.timeout.ms", NoGroup),
            ("scheduled.rebalance.max.delay.ms", NoGroup),
            ("worker.sync.timeout.ms", NoGroup),
            ("worker.unsync.backoff.ms", NoGroup),
            ("exactly.once.source.support", OnlySources),
            ("plugin.discovery", "plugins are .NET assemblies"),
            ("metric.reporters", "metrics are not sampled in windows, and need no reporter"),
            ("auto.include.jmx.reporter", "metrics are not sampled in windows, and need no reporter"),
            ("ssl.client.auth", "there is no https listener (see `listeners`)"),
            ("zookeeper.connect", "ZooKeeper is not asked"),
        })
        {
            yield return new(new ConfigKey(name, ConfigType.String, why) { Default = null }, KeyUse.NotNeeded);
        }
    }

    private static WorkerKey Used(
        string name, ConfigType type, string? def, string group, string documentation, string? allowed = null,
        Func<object?, string?>? check = null, ConfigImportance importance = ConfigImportance.Medium)
        => new(new(name, type, documentation) { Default = def, Group = group, Check = check, Importance = importance }, KeyUse.Used, allowed);

    private static WorkerKey Refused(
        string name, ConfigType type, string? def, string group, string documentation, params string[] harmless)
        => new(new(name, type, documentation) { Default = def, Group = group }, KeyUse.Refused, Harmless: harmless);

    private static WorkerKey Warned(
        string name, ConfigType type, string? def, string group, string documentation, params string[] harmless)
        => new(new(name, type, documentation) { Default = def, Group = group }, KeyUse.Warned, Harmless: harmless);

    private static string? Level(object? value)
        => value is string text && LogLevels.TryParse(text, out _) ? null : $"String must be one of: {LogLevels.Names}";

    private static string? Host(object? value)
        => value is string { Length: > 0 } host && Uri.CheckHostName(host) == UriHostNameType.Unknown ? "not a host name or IP address" : null;

    private static string? HostsAndPorts(object? value)
    {
        if (value is not IReadOnlyList<string> { Count: > 0 } servers)
            return "at least one host:port is needed";
        foreach (var server in servers)
        {
            var colon = server.LastIndexOf(':');
            if (colon <= 0 || !int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port is < 1 or > 65535 || server.Contains('/'))
                return $"'{server}' is not host:port with a port from 1 to 65535";
        }

        return null;
    }

    private static string? ListenersParse(object? value)
    {
        if (value is not IReadOnlyList<string> { Count: > 0 } listeners)
            return $"allowed: {Listener.Form}";
        foreach (var text in listeners)
        {
            if (!Listener.TryParse(text, out _, out var error))
                return error;
        }

        return null;
    }
}
