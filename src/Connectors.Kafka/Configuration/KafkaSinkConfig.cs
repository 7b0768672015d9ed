using System.Globalization;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Connectors.Kafka;

/// <summary>
/// The configuration of a Kafka sink, parsed. Everything under <c>target.</c> that is not a key of the sink itself is a
/// setting of its client.
/// </summary>
internal sealed class KafkaSinkConfig
{
    public const string Prefix = "target.";
    public const string BootstrapServers = "target.bootstrap.servers";
    public const string Topic = "target.topic";
    public const string TopicPrefix = "target.topic.prefix";
    public const string Partitioner = "target.partitioner";
    public const string Headers = "target.headers";
    public const string Timestamps = "target.timestamps";
    public const string KeyFormat = "target.key.format";
    public const string ValueFormat = "target.value.format";

    public const string ExactlyOnceKey = "exactly.once";
    public const string ExactlyOnceGroup = "exactly.once.group";

    public const string CreationEnable = "target.topic.creation.enable";
    public const string CreationPartitions = "target.topic.creation.partitions";
    public const string CreationReplicationFactor = "target.topic.creation.replication.factor";
    public const string CreationConfigPrefix = "target.topic.creation.config.";

    private const string DefaultLinger = "1";

    // librdkafka's and Java's default.
    private const string DefaultTransactionTimeout = "60000";
    private const int LongestTopicName = 249;
    private const string Source = "source";
    private const string Target = "Target";
    private const string Client = "Target client";

    // The Java producer's default, to which librdkafka's differs.
    private static readonly TimeSpan s_defaultDeliveryTimeout = TimeSpan.FromMinutes(2);

    private static readonly string[] s_ownKeys =
        [Topic, TopicPrefix, Partitioner, Headers, Timestamps, KeyFormat, ValueFormat, CreationEnable, CreationPartitions,
            CreationReplicationFactor];

    private KafkaSinkConfig(ParsedConfig config, TranslatedSettings client)
    {
        FixedTopic = config.GetStringOrNull(Topic);
        Prefixed = config.GetStringOrNull(TopicPrefix) ?? "";
        KeepsPartition = config.GetString(Partitioner) == Source;
        KeepsHeaders = config.GetBoolean(Headers);
        KeepsTimestamps = config.GetString(Timestamps) == Source;
        Keys = FormatOf(config.GetString(KeyFormat));
        Values = FormatOf(config.GetString(ValueFormat));
        Translated = client;
    }

    /// <summary>The keys to show. Many more settings of clients are accepted under <c>target.</c>.</summary>
    public static ConfigDef Definition { get; } =
    [
        new(BootstrapServers, ConfigType.List, "Brokers of the target cluster, host:port, separated by commas.")
        {
            Importance = ConfigImportance.High, Group = Target, Width = ConfigWidth.Long, Check = ConfigChecks.NonEmptyList,
        },
        new(
            Topic, ConfigType.String,
            "The topic that all records go to. By default each goes to a topic of its own topic's name.")
        {
            Default = null, Importance = ConfigImportance.High, Group = Target, Check = value => CheckTopic(value as string),
        },
        new(TopicPrefix, ConfigType.String, "What is put before the topic's name to get the name of the target's topic.")
        {
            Default = null, Group = Target, Check = value => CheckTopic(value as string),
        },
        new(
            Partitioner, ConfigType.String,
            "Where a record goes in the target's topic. 'source': to the partition of the number that it came from, which keeps "
            + "the order of each partition and needs at least as many partitions. 'key': by the key, as Java producers place it; "
            + "records without key go anywhere.")
        {
            Default = Source, Group = Target, Width = ConfigWidth.Short,
            Check = ConfigChecks.OneOf(Source, "key"), Recommend = _ => [Source, "key"],
        },
        new(Headers, ConfigType.Boolean, "Whether records keep their headers.") { Default = "true", Group = Target },
        new(
            Timestamps, ConfigType.String,
            "The timestamp of the target's record: 'source' keeps the record's own, 'now' is the time of writing.")
        {
            Default = Source, Group = Target, Width = ConfigWidth.Short,
            Check = ConfigChecks.OneOf(Source, "now"), Recommend = _ => [Source, "now"],
        },
        new(
            ExactlyOnceKey, ConfigType.Boolean,
            "Whether records are written in transactions of the target cluster, together with the position behind them, so that "
            + "readers with isolation.level=read_committed see each once.")
        {
            Default = "false", Group = Target,
        },
        new(
            ExactlyOnceGroup, ConfigType.String,
            "What the names of transactional ids and of the groups that hold positions on the target cluster begin with; "
            + "':', the topic and the partition's number follow. By default connect- and the connector's name.")
        {
            Default = null, Group = Target, Check = ConfigChecks.NonEmptyWithoutControlCharacters,
        },
        new(
            CreationEnable, ConfigType.Boolean,
            "Whether topics that the target lacks are created, and grown where records keep their partition and there are too few.")
        {
            Default = "false", Group = Target,
        },
        new(
            CreationPartitions, ConfigType.Int,
            "How many partitions a topic is created with, at the least. -1: the broker's default, or, where records keep their "
            + "partition, as many as they come from.")
        {
            Default = "-1", Group = Target, Importance = ConfigImportance.Low, Check = MinusOneOrPositive,
        },
        new(CreationReplicationFactor, ConfigType.Short, "How many replicas a topic is created with. -1: the broker's default.")
        {
            Default = "-1", Group = Target, Importance = ConfigImportance.Low, Check = MinusOneOrPositive,
        },
        Format(KeyFormat, "keys"),
        Format(ValueFormat, "values"),
        Text("security.protocol", "How to talk to the brokers: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."),
        Text("sasl.mechanism", "How to log in: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER."),
        Secret("sasl.jaas.config", "The login module with user name and password."),
        Text("ssl.truststore.location", "A file of trusted certificates in PEM."),
        Text("ssl.truststore.type", "PEM."),
        Secret("ssl.truststore.certificates", "Trusted certificates in PEM, in place of a file."),
        Secret("ssl.truststore.password", "Not needed for PEM."),
        Text("ssl.keystore.location", "A file with the client's own certificate and key."),
        Text("ssl.keystore.type", "PEM or PKCS12."),
        Secret("ssl.keystore.password", "The password of a PKCS12 store."),
        Secret("ssl.keystore.key", "The client's own key in PEM, in place of a file."),
        Secret("ssl.keystore.certificate.chain", "The client's own certificate in PEM, in place of a file."),
        Secret("ssl.key.password", "The password of a key in PEM."),
        Text("compression.type", "none, gzip, snappy, lz4 or zstd."),
        Text("acks", "all, 1 or 0. Anything but all gives up idempotence."),
        Text("enable.idempotence", "Whether the brokers drop what is sent twice, and keep the order of what is sent again."),
        Text("linger.ms", "How long to wait for more records before a set is sent, in milliseconds. 1 by default."),
        Text("batch.size", "The largest set of records that is sent together, in bytes."),
        Text("max.request.size", "The largest record, in bytes."),
        Text("buffer.memory", "The most bytes that may wait to be sent."),
        Text("delivery.timeout.ms", "How long the target may take to accept a batch, in milliseconds. 120000 by default."),
        Text("max.block.ms", "How long a topic may be missing on the target, in milliseconds."),
        Text("transaction.timeout.ms", "How long the target waits for a transaction to end, in milliseconds. 60000 by default."),
        Text("client.id", "The name by which the brokers know this client."),
    ];

    /// <summary>The topic that all records go to, or null.</summary>
    public string? FixedTopic { get; }

    /// <summary>What to put before the topic's name.</summary>
    public string Prefixed { get; }

    /// <summary>Set when records are written in transactions.</summary>
    public ExactlyOnceSettings? ExactlyOnce { get; private init; }

    /// <summary>Set when topics are created that the target lacks.</summary>
    public TopicCreationSettings? Creation { get; private init; }

    public bool KeepsPartition { get; }

    public bool KeepsHeaders { get; }

    public bool KeepsTimestamps { get; }

    public RecordFormat Keys { get; }

    public RecordFormat Values { get; }

    /// <summary>The client's settings as they were translated.</summary>
    public TranslatedSettings Translated { get; }

    /// <summary>How long the target may take for a batch.</summary>
    public TimeSpan DeliveryTimeout { get; private init; }

    /// <summary>Equal for tasks whose clients differ in nothing but their names.</summary>
    public required string Kind { get; init; }

    /// <summary>The settings to open a producer with.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>
    /// The settings of a client that finds out whether they can work: it is not idempotent, because that one would ask for
    /// a producer id at once.
    /// </summary>
    public IReadOnlyDictionary<string, string> TrySettings
    {
        get
        {
            var settings = new Dictionary<string, string>(Settings, StringComparer.Ordinal);
            settings.Remove("enable.gapless.guarantee");
            settings["enable.idempotence"] = "false";
            return settings;
        }
    }

    /// <summary>Parses a connector's configuration.</summary>
    /// <param name="config">The whole configuration, placeholders resolved.</param>
    /// <param name="clientId">The client's name, where the configuration has none.</param>
    /// <exception cref="ConfigException">It cannot work; the message names the key.</exception>
    public static KafkaSinkConfig Parse(IReadOnlyDictionary<string, string> config, string clientId)
    {
        var parsed = Definition.Parse(config);
        if (CheckTopicRule(config) is { } error)
            throw error;
        TranslatedSettings translated;
        try
        {
            translated = Translate(config, clientId);
        }
        catch (KafkaSettingException e)
        {
            throw Invalid(e);
        }

        var isExactlyOnce = parsed.GetBoolean(ExactlyOnceKey);
        if (isExactlyOnce && CheckExactlyOnce(translated) is { } obstacle)
            throw Invalid(obstacle);
        var settings = new Dictionary<string, string>(translated.Settings, StringComparer.Ordinal);
        var timeout = settings.TryGetValue("message.timeout.ms", out var given)
            ? TimeSpan.FromMilliseconds(long.Parse(given, CultureInfo.InvariantCulture))
            : s_defaultDeliveryTimeout;
        if (isExactlyOnce)
            LimitToTransaction(settings, timeout);
        else
            KeepOrder(settings);
        // Records come in batches already; waiting longer for company would only cost latency.
        settings.TryAdd("linger.ms", DefaultLinger);
        // What may be under way is bounded by the pipeline in bytes; buffer.memory is a further bound, a count is none.
        settings.TryAdd("queue.buffering.max.messages", "0");
        return new(parsed, translated)
        {
            Settings = settings,
            Kind = translated.FingerprintWithout("client.id"),
            DeliveryTimeout = timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout,
            Creation = parsed.GetBoolean(CreationEnable) ? CreationOf(parsed, config) : null,
            ExactlyOnce = isExactlyOnce
                ? new(parsed.GetStringOrNull(ExactlyOnceGroup) ?? $"connect-{config.GetValueOrDefault("name")}")
                : null,
        };
    }

    /// <summary>Checks what concerns several keys, and the client's settings.</summary>
    /// <returns>Key and message of each error.</returns>
    public static IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
    {
        if (CheckTopicRule(config) is { } error)
            return [(TopicPrefix, error.Message)];
        try
        {
            var translated = Translate(config, "validation");
            return Definition.Parse(config).GetBoolean(ExactlyOnceKey) && CheckExactlyOnce(translated) is { } obstacle
                ? [(Prefix + obstacle.Key, Invalid(obstacle).Message)]
                : [];
        }
        catch (KafkaSettingException e)
        {
            return [(Prefix + e.Key, Invalid(e).Message)];
        }
    }

    /// <summary>Keys under the prefix that are neither the sink's own nor known to any client.</summary>
    public static IReadOnlyList<string> FindUnknownKeys(IReadOnlyDictionary<string, string> config)
    {
        try
        {
            return [.. Translate(config, "validation").Unknown.Select(key => Prefix + key)];
        }
        catch (KafkaSettingException)
        {
            return []; // it is reported as an error
        }
    }

    /// <summary>The target's topic for a record's topic.</summary>
    public string TopicFor(string topic) => FixedTopic ?? Prefixed + topic;

    /// <summary>The settings of a client that asks for and creates topics.</summary>
    public static IReadOnlyDictionary<string, string> AdminSettings(IReadOnlyDictionary<string, string> config, string clientId)
        => Translate(config, clientId, ClientRole.Admin).Settings;

    private static TopicCreationSettings CreationOf(ParsedConfig parsed, IReadOnlyDictionary<string, string> config) => new(
        parsed.GetInt(CreationPartitions),
        parsed.GetShort(CreationReplicationFactor),
        config.Where(c => c.Key.Length > CreationConfigPrefix.Length && c.Key.StartsWith(CreationConfigPrefix, StringComparison.Ordinal))
            .ToDictionary(c => c.Key[CreationConfigPrefix.Length..], c => c.Value, StringComparer.Ordinal));

    private static string? MinusOneOrPositive(object? value)
        => value is int and (-1 or > 0) or short and (-1 or > 0) ? null : "Value must be -1 or at least 1";

    private static TranslatedSettings Translate(
        IReadOnlyDictionary<string, string> config, string clientId, ClientRole role = ClientRole.Producer)
    {
        var given = config
            .Where(c => c.Key.StartsWith(Prefix, StringComparison.Ordinal)
                && !s_ownKeys.Contains(c.Key, StringComparer.Ordinal)
                && !c.Key.StartsWith(CreationConfigPrefix, StringComparison.Ordinal))
            .ToDictionary(c => c.Key[Prefix.Length..], c => c.Value, StringComparer.Ordinal);
        if (!given.TryGetValue("client.id", out var id) || id.Trim().Length == 0)
            given["client.id"] = clientId;
        return JavaClientSettings.Translate(given, role);
    }

    /// <summary>A transaction's time limit is a record's as well.</summary>
    private static void LimitToTransaction(Dictionary<string, string> settings, TimeSpan timeout)
    {
        settings.TryAdd("transaction.timeout.ms", DefaultTransactionTimeout);
        var transaction = TimeSpan.FromMilliseconds(
            long.Parse(settings["transaction.timeout.ms"], CultureInfo.InvariantCulture));
        var record = timeout == TimeSpan.Zero || timeout > transaction ? transaction : timeout;
        settings["message.timeout.ms"] = record.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
    }

    private static void KeepOrder(Dictionary<string, string> settings)
    {
        // The time limit is kept by the writer, for a batch as a whole: librdkafka would drop a record of a partition when
        // its time is up and go on with the next one, which would then be written ahead of it.
        settings["message.timeout.ms"] = "0";
        if (settings["enable.idempotence"] == "true")
        {
            // For the same reason a refused record ends the producer's work, and a new one takes over behind it.
            settings["enable.gapless.guarantee"] = "true";
        }
        else
        {
            // Without idempotence, only one request at a time keeps the order when requests are repeated.
            settings.TryAdd("max.in.flight.requests.per.connection", "1");
        }
    }

    /// <summary>What keeps the client from transactions; null for nothing.</summary>
    private static KafkaSettingException? CheckExactlyOnce(TranslatedSettings client)
    {
        const string reason = $"{ExactlyOnceKey}=true needs ";
        var settings = client.Settings;
        if (settings.TryGetValue("acks", out var acks) && acks != "-1")
            return new("acks", acks, reason + "all");
        if (settings.TryGetValue("retries", out var retries) && retries == "0")
            return new("retries", retries, reason + "more");
        return settings["enable.idempotence"] == "true" ? null : new("enable.idempotence", "false", reason + "true");
    }

    private static ConfigException? CheckTopicRule(IReadOnlyDictionary<string, string> config)
        => config.ContainsKey(Topic) && config.TryGetValue(TopicPrefix, out var prefix)
            ? new ConfigException(TopicPrefix, prefix, $"it makes no sense together with {Topic}; give one of the two")
            : null;

    private static ConfigException Invalid(KafkaSettingException e) => new(Prefix + e.Key, e.ShownValue, e.Reason);

    private static RecordFormat FormatOf(string format) => format == "json" ? RecordFormat.Json : RecordFormat.Bytes;

    private static ConfigKey Format(string key, string what) => new(
        key, ConfigType.String,
        $"What becomes of {what} that are neither bytes nor text: 'bytes' refuses them, 'json' writes them as JSON without a "
        + "schema. Bytes and text are written as they are in any case.")
    {
        Default = "bytes",
        Group = Target,
        Width = ConfigWidth.Short,
        Importance = ConfigImportance.Low,
        Check = ConfigChecks.OneOf("bytes", "json"),
        Recommend = _ => ["bytes", "json"],
    };

    private static ConfigKey Text(string name, string documentation) => new(Prefix + name, ConfigType.String, documentation)
    {
        Default = null,
        Group = Client,
        Importance = ConfigImportance.Low,
    };

    private static ConfigKey Secret(string name, string documentation) => new(Prefix + name, ConfigType.Password, documentation)
    {
        Default = null,
        Group = Client,
        Importance = ConfigImportance.Low,
    };

    private static string? CheckTopic(string? name)
        => name is null || (name.Length is > 0 and <= LongestTopicName && name is not ("." or "..")
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            ? null
            : $"allowed: 1 to {LongestTopicName} letters, digits, '.', '_' and '-'";
}
