using System.Globalization;
using System.Net;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Exports.Silo.Rest;

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
    public const string ListenersHttps = "listeners.https.";
    public const string AdminListeners = "admin.listeners";
    public const string RestExtensions = "rest.extension.classes";
    public const string ResponseHeaders = "response.http.headers.config";
    public const string AllowOrigin = "access.control.allow.origin";
    public const string AllowMethods = "access.control.allow.methods";
    public const string Authentication = "rest.authentication";
    public const string OpenPaths = "rest.authentication.open.paths";
    public const string UsersFile = "rest.authentication.basic.users.file";
    public const string BearerAuthority = "rest.authentication.bearer.authority";
    public const string BearerKeysFile = "rest.authentication.bearer.keys.file";
    public const string BearerIssuer = "rest.authentication.bearer.issuer";
    public const string BearerAudience = "rest.authentication.bearer.audience";
    public const string BearerRolesClaim = "rest.authentication.bearer.roles.claim";
    public const string BearerAdminRoles = "rest.authentication.bearer.roles.admin";
    public const string BearerReadOnlyRoles = "rest.authentication.bearer.roles.read.only";
    public const string MaxRequestBytes = "rest.max.request.bytes";
    public const string MaxHeaderBytes = "rest.max.header.bytes";
    public const string MaxRequestLineBytes = "rest.max.request.line.bytes";
    public const string MaxConnections = "rest.max.connections";
    public const string RequestTimeout = "rest.request.timeout.ms";
    public const string HeadersTimeout = "rest.headers.timeout.ms";
    public const string IdleTimeout = "rest.idle.timeout.ms";
    public const string RestHostName = "rest.host.name";
    public const string RestPort = "rest.port";
    public const string FlushInterval = "offset.flush.interval.ms";
    public const string FlushTimeout = "offset.flush.timeout.ms";
    public const string ShutdownGrace = "task.shutdown.graceful.timeout.ms";
    public const string UnhealthyAfter = "task.unhealthy.after.ms";
    public const string MetricsDetail = "metrics.detail";
    public const string MetricsConnectNames = "metrics.connect.names";
    public const string OtlpEndpoint = "otlp.endpoint";
    public const string OtlpProtocol = "otlp.protocol";
    public const string OtlpHeaders = "otlp.headers";
    public const string OtlpMetricsEnable = "otlp.metrics.enable";
    public const string OtlpMetricsInterval = "otlp.metrics.interval.ms";
    public const string OtlpMaxSeries = "otlp.metrics.max.series";
    public const string OtlpTracesEnable = "otlp.traces.enable";
    public const string OtlpTraceRatio = "otlp.traces.sample.ratio";
    public const string DashboardEnable = "dashboard.enable";
    public const string ClusterRedis = "cluster.redis";
    public const string ClusterId = "cluster.id";
    public const string ClusterAddress = "cluster.advertised.address";
    public const string ClusterPort = "cluster.port";
    public const string ClusterBalance = "cluster.balance.interval.ms";
    public const string ClusterGatewayPort = "cluster.gateway.port";
    public const string WorkerRole = "worker.role";
    public const string DataDir = "data.dir";
    public const string Lanes = "pipeline.lanes";
    public const string BufferBytes = "pipeline.buffer.bytes";
    public const string TaskBufferBytes = "pipeline.task.buffer.bytes";
    public const string TopicTracking = "topic.tracking.enable";
    public const string TopicReset = "topic.tracking.allow.reset";
    public const string LogLevel = "log.level";
    public const string LogFormat = "log.format";
    public const string LogLevelOf = "log.level.";
    public const string ConfigReloadInterval = "config.reload.interval.ms";
    public const string OverridePolicy = "connector.client.config.override.policy";
    public const string OverrideAllowlist = "connector.client.config.override.allowlist";
    public const string Consumer = "consumer.";
    public const string Producer = "producer.";
    public const string Admin = "admin.";

    private const string Kafka = "Kafka";
    private const string Plugins = "Converters and plugins";
    private const string Tasks = "Tasks and offsets";
    private const string Rest = "REST API";
    private const string Access = "REST API: who may call";
    private const string Tls = "REST API: TLS";
    private const string Limits = "REST API: limits";
    private const string State = "State, memory and threads";
    private const string Cluster = "Cluster";
    private const string Metrics = "Metrics and traces";
    private const string Logging = "Logging";
    private const string BasicExtension = "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension";
    private const string OnlySources = "concerns source connectors alone; every connector here is a sink";

    /// <summary>The groups in the order in which they are documented.</summary>
    public static readonly IReadOnlyList<string> Groups = [Kafka, Plugins, Tasks, Rest, Access, Tls, Limits, State, Cluster, Metrics, Logging];

    /// <summary>The keys that have a name of their own.</summary>
    public static readonly IReadOnlyList<WorkerKey> All =
    [
        .. InKafka(), .. InPlugins(), .. InTasks(), .. InRest(), .. InAccess(), .. InTls(), .. InLimits(), .. InState(), .. InCluster(), .. InMetrics(), .. InLogging(), .. WithoutMeaning(),
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
        new("config.storage.", KeyUse.NotNeeded, "configurations live under `data.dir` or in `cluster.redis`, not in a topic"),
        new("offset.storage.", KeyUse.NotNeeded, "offsets live where configurations do, and are mirrored to each connector's consumer group"),
        new("status.storage.", KeyUse.NotNeeded, "states are asked of the tasks themselves"),
        new("rest.advertised.", KeyUse.NotNeeded, "no request is passed on from worker to worker"),
        new("inter.worker.", KeyUse.NotNeeded, "no request is passed on from worker to worker"),
        new(ListenersHttps, KeyUse.Warned, "Java's names of algorithms and providers, and other settings of TLS that are not in the tables above."),
        new("topic.creation.", KeyUse.NotNeeded, OnlySources),
        new("metrics.", KeyUse.NotNeeded, "metrics are served at `/metrics`, and need no reporter"),
        new("internal.", KeyUse.NotNeeded, "configurations and offsets are not stored through converters"),
        new("log4j.", KeyUse.NotNeeded, "names Java loggers; use `log.level` (`log4j.root.loglevel` is read as that)"),
    ];

    private static readonly Dictionary<string, WorkerKey> s_byName = All.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>The key without which a key has no effect; null when it needs none.</summary>
    public static string? NeededBy(string name) => name switch
    {
        ClusterId or ClusterAddress or ClusterPort or ClusterGatewayPort or ClusterBalance => ClusterRedis,
        OtlpProtocol or OtlpHeaders or OtlpMetricsEnable or OtlpMetricsInterval or OtlpMaxSeries or OtlpTracesEnable or OtlpTraceRatio => OtlpEndpoint,
        _ => null,
    };

    /// <summary>Whether a key is for whoever runs connectors, and means nothing to a process with <c>worker.role=api</c>.</summary>
    public static bool IsForConnectors(string name) => name is
        ClusterAddress or ClusterPort or ClusterGatewayPort or ClusterBalance or DataDir or DashboardEnable
        or FlushInterval or ConfigReloadInterval or UnhealthyAfter or Lanes or BufferBytes or TaskBufferBytes;

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
        Used(ConfigReloadInterval, ConfigType.Long, "10000", Tasks,
            "How often the files are read again that values of running tasks come from (`config.providers`), in milliseconds. "
            + "A connector with `config.action.reload=restart` is restarted when one has changed.",
            allowed: "at least 100", check: ConfigChecks.Between(100, int.MaxValue)),
        Used(UnhealthyAfter, ConfigType.Long, "10000", Tasks,
            "How long a task may hold records of which the destination acknowledges none before status, metrics and page call it "
            + "unhealthy, in milliseconds; and how long it must run without trouble after a failure to be healthy again.",
            allowed: "at least 1000", check: ConfigChecks.AtLeast(1000)),
        Used(ShutdownGrace, ConfigType.Long, "5000", Tasks,
            "How long a task that stops may take to deliver what is on its way, in milliseconds. What is cut off is "
            + "delivered again at the next start.",
            allowed: "at least 0", check: ConfigChecks.AtLeast(0)),
    ];

    private static IEnumerable<WorkerKey> InCluster() =>
    [
        Used(ClusterRedis, ConfigType.Password, null, Cluster,
            "The Redis that makes workers one cluster: it holds membership, connectors, offsets and reminders, so it must keep what it has written. Written as "
            + "`host:port`, several separated by commas, with options such as `password=…`, `user=…`, `ssl=true`. Without it a worker is alone, and its state is in "
            + "`data.dir`. Needs the engine Orleans.",
            check: Redis),
        Used(ClusterId, ConfigType.String, "", Cluster, "The cluster's name in that Redis. Empty: the `group.id`."),
        Used(ClusterAddress, ConfigType.String, "", Cluster,
            "The IP address at which the other workers reach this one, such as a pod's. Empty: the machine's first that is not of itself alone.",
            allowed: "an IP address", check: value => value is "" || IPAddress.TryParse(value as string, out _) ? null : "must be an IP address"),
        Used(ClusterBalance, ConfigType.Long, "10000", Cluster,
            "How often the workers' loads are compared, and how long after a worker has come or gone that is done first. Tasks then move one by one until no "
            + "worker has a tenth more or less than the mean. 0: tasks stay where they are.",
            check: ConfigChecks.Between(0, 3_600_000)),
        Used(ClusterPort, ConfigType.Int, "11111", Cluster, "The port at which they do. 0: a free one.", check: ConfigChecks.Between(0, 65535)),
        Used(ClusterGatewayPort, ConfigType.Int, "30000", Cluster,
            "The port at which processes with `worker.role=api` reach this worker. 0: a free one.", check: ConfigChecks.Between(0, 65535)),
        Used(WorkerRole, ConfigType.String, "worker", Cluster,
            "`worker` runs connectors and answers requests; `api` only answers, by asking the workers of the cluster that `cluster.redis` names.",
            allowed: "`worker`, `api`", check: ConfigChecks.OneOf("worker", "api")),
    ];

    private static IEnumerable<WorkerKey> InMetrics() =>
    [
        Used(MetricsDetail, ConfigType.String, "partition", Metrics,
            "How far `/metrics` goes into detail, on which the number of time series depends: about 25 for the worker, 15 more for each "
            + "connector, 75 for each task, 6 for each partition of a task. With `none` there are no metrics.",
            allowed: "`none`, `worker`, `connector`, `task`, `partition`", check: ConfigChecks.OneOf("none", "worker", "connector", "task", "partition")),
        Used(MetricsConnectNames, ConfigType.List, "strimzi", Metrics,
            "Under which names Kafka Connect's own metrics are served: as the JMX exporter writes them with Strimzi's rules "
            + "(`kafka_connect_sink_task_…`), with Confluent's (`kafka_connect_sink_task_metrics_…`), both, or empty for neither.",
            allowed: "`strimzi`, `confluent`, separated by commas", check: ConfigChecks.EachOneOf("", "strimzi", "confluent")),
        Used(OtlpEndpoint, ConfigType.String, "", Metrics,
            "A collector of OpenTelemetry to which metrics and traces are pushed by OTLP, such as `http://collector:4317`. Empty: nothing is pushed. "
            + "See [metrics](metrics.md#push-by-otlp).",
            allowed: "an address that begins with `http://` or `https://`", check: Address),
        Used(OtlpProtocol, ConfigType.String, "grpc", Metrics,
            "How the collector is spoken to. With `http/protobuf`, `/v1/metrics` and `/v1/traces` are added to the endpoint.",
            allowed: "`grpc`, `http/protobuf`", check: ConfigChecks.OneOf("grpc", "http/protobuf")),
        Used(OtlpHeaders, ConfigType.Password, null, Metrics,
            "Headers of each request to the collector, such as `Authorization=Bearer …`, separated by commas. Neither names nor values may hold a comma or a percent sign.", check: Headers),
        Used(OtlpMetricsEnable, ConfigType.Boolean, "true", Metrics, "Whether metrics are pushed, those that `metrics.detail` leaves.", allowed: "`true`, `false`"),
        Used(OtlpMetricsInterval, ConfigType.Long, "60000", Metrics, "How often metrics are pushed.", check: ConfigChecks.Between(100, 3_600_000)),
        Used(OtlpMaxSeries, ConfigType.Int, "2000", Metrics,
            "How many time series each pushed metric may have; those beyond are summed up in one with the label `otel.metric.overflow`. Room for them "
            + "is reserved from the start: some 90 bytes each, for about a hundred metrics. A series that is gone keeps its place until the worker ends.",
            check: ConfigChecks.Between(100, 1_000_000)),
        Used(OtlpTracesEnable, ConfigType.Boolean, "true", Metrics, "Whether traces are pushed: of REST requests, and of what is handed to sinks.", allowed: "`true`, `false`"),
        Used(OtlpTraceRatio, ConfigType.Double, "0.01", Metrics,
            "The share of traces that is pushed. A REST request whose caller traces it is pushed when the caller says so.", check: ConfigChecks.Between(0.0, 1.0)),
    ];

    private static IEnumerable<WorkerKey> InRest() =>
    [
        Used(Listeners, ConfigType.List, "http://:8083", Rest, "Where the REST API listens.",
            allowed: "`http://host:port` or `https://host:port`, separated by commas; an empty host for all addresses, port 0 for a free one", check: ListenersParse, importance: ConfigImportance.High),
        Used(RestHostName, ConfigType.String, null, Rest,
            "The host of the listener where `listeners` is not given. Older workers and images use it.", check: Host),
        Used(RestPort, ConfigType.Int, null, Rest,
            "The port of the listener where `listeners` is not given. Older workers and images use it.",
            allowed: "0 to 65535", check: ConfigChecks.Between(0, 65535)),
        Used(AdminListeners, ConfigType.List, null, Rest,
            "Where `/admin` alone is served. Not given: at `listeners`, with everything else. Empty: nowhere.",
            allowed: "as `listeners`, and others than those"),
        Used(ResponseHeaders, ConfigType.String, "", Rest,
            "Headers for every response. Actions are `add`, `set`, and, with a number of milliseconds from now as value, `addDate` and `setDate`.",
            allowed: "`ACTION NAME: VALUE`, separated by commas; an entry that holds a comma in double quotes", check: HeadersParse),
        Used(AllowOrigin, ConfigType.List, "", Rest,
            "The origins whose pages may call the API from a browser. None by default. Credentials that the browser keeps are never taken.",
            allowed: "`*`, or origins such as `https://ui.example.com` or `https://*.example.com`, separated by commas", check: Origins),
        Used(AllowMethods, ConfigType.List, "", Rest, "The methods for those pages; `GET,POST,HEAD` where it is empty.",
            allowed: "methods, separated by commas", check: ConfigChecks.EachOneOf("", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
        Used(RestExtensions, ConfigType.List, "", Rest,
            "Java classes are not loaded. Of the original's own, the one for basic authentication is taken together with "
            + "`rest.authentication=basic`, which does its work.",
            allowed: "empty, or `" + BasicExtension + "`", check: Extensions),
        Used(OverridePolicy, ConfigType.Class, "All", Rest,
            "Which settings of its Kafka clients a connector may choose by `consumer.override.*`, `producer.override.*` and "
            + "`admin.override.*`: all, none, those that say who it is (`Principal`: `security.protocol`, `sasl.mechanism`, "
            + "`sasl.jaas.config`), or those of `connector.client.config.override.allowlist`.",
            allowed: "`All`, `None`, `Principal`, `Allowlist`, or the name of such a class of Kafka Connect", check: Policy),
        Used(OverrideAllowlist, ConfigType.List, "", Rest,
            "The settings that connectors may choose under the policy `Allowlist`, without the prefix of their client."),
        Used(TopicTracking, ConfigType.Boolean, "true", Rest,
            "Whether `/connectors/NAME/topics` tells the topics that a connector has read records of.", allowed: "`true`, `false`"),
        Used(TopicReset, ConfigType.Boolean, "true", Rest,
            "Whether that list may be reset by `PUT /connectors/NAME/topics/reset`.", allowed: "`true`, `false`"),
        Used(DashboardEnable, ConfigType.Boolean, "true", Rest,
            "Whether Orleans' dashboard is served at `/dashboard`, to callers who may read. The embedded engine has none.",
            allowed: "`true`, `false`"),
    ];

    private static IEnumerable<WorkerKey> InAccess() =>
    [
        Used(Authentication, ConfigType.List, "", Access,
            "How callers say who they are. Empty: they need not, and everybody who reaches a listener may do everything. See [security](security.md).",
            allowed: "`basic`, `bearer`, or both", check: ConfigChecks.EachOneOf("basic", "bearer"), importance: ConfigImportance.High),
        Used(OpenPaths, ConfigType.List, "/health,/health/live,/health/ready", Access, "What anybody may read all the same. Empty: nothing.",
            allowed: "`/`, `/health`, `/health/live`, `/health/ready` and `/metrics`, separated by commas",
            check: ConfigChecks.EachOneOf("", "/", "/health", "/health/live", "/health/ready", "/metrics")),
        Used(UsersFile, ConfigType.String, null, Access,
            "The file of users for `basic`: a line each, `name=admin,HASH` or `name=read-only,HASH`. `Exports.Silo --hash-password` makes the hash. Read anew when it changes."),
        Used(BearerAuthority, ConfigType.String, null, Access,
            "For `bearer`: the address of an OpenID Connect issuer, below which `/.well-known/openid-configuration` is found. Its keys are fetched and renewed."),
        Used(BearerKeysFile, ConfigType.String, null, Access,
            "For `bearer` without an authority: a file with the public keys that sign tokens, as JSON Web Key Set or PEM. Read anew when it changes."),
        Used(BearerIssuer, ConfigType.String, null, Access, "For `bearer`: the issuer (`iss`) that tokens must have; by default what the authority says."),
        Used(BearerAudience, ConfigType.List, null, Access, "For `bearer`: the audiences (`aud`), of which tokens must have one."),
        Used(BearerRolesClaim, ConfigType.String, "roles", Access,
            "For `bearer`: the claim with the caller's roles, a list of texts or one text with spaces between. Dots lead into objects: `realm_access.roles`.",
            check: ConfigChecks.NonEmpty),
        Used(BearerAdminRoles, ConfigType.List, "admin", Access, "For `bearer`: the roles whose callers may do everything."),
        Used(BearerReadOnlyRoles, ConfigType.List, "read-only", Access, "For `bearer`: the roles whose callers may read, and check configurations."),
    ];

    private static IEnumerable<WorkerKey> InTls()
    {
        foreach (var (name, type, def, documentation, allowed) in new (string, ConfigType, string?, string, string?)[]
        {
            ("ssl.keystore.type", ConfigType.String, "PKCS12", "What the key store is.", "`PKCS12`, `PEM`"),
            ("ssl.keystore.location", ConfigType.String, null, "The file with the worker's certificate, its chain and its key. Read anew when it changes.", null),
            ("ssl.keystore.password", ConfigType.Password, null, "The password of a PKCS12 file.", null),
            ("ssl.key.password", ConfigType.Password, null, "The password of an encrypted key in PEM.", null),
            ("ssl.keystore.certificate.chain", ConfigType.String, null, "Instead of a file: the certificate and its chain, in PEM.", null),
            ("ssl.keystore.key", ConfigType.Password, null, "Instead of a file: the key, in PEM.", null),
            ("ssl.client.auth", ConfigType.String, "none", "Whether callers need a certificate. `requested`: one that is given must be good.", "`none`, `requested`, `required`"),
            ("ssl.truststore.type", ConfigType.String, "PKCS12", "What the trust store is.", "`PKCS12`, `PEM`"),
            ("ssl.truststore.location", ConfigType.String, null, "The file with the authorities of callers' certificates. Read anew when it changes.", null),
            ("ssl.truststore.password", ConfigType.Password, null, "The password of a PKCS12 file.", null),
            ("ssl.truststore.certificates", ConfigType.String, null, "Instead of a file: the authorities, in PEM.", null),
            ("ssl.enabled.protocols", ConfigType.List, "TLSv1.2,TLSv1.3", "The versions of TLS.", "`TLSv1.2`, `TLSv1.3`"),
            ("ssl.cipher.suites", ConfigType.List, null, "The cipher suites; by default those of the machine.", "names of IANA's registry, separated by commas"),
            ("ssl.engine.factory.class", ConfigType.String, null, "Java classes are not loaded: refused.", "not given"),
        })
        {
            yield return Used(ListenersHttps + name, type, def, Tls, documentation, allowed);
        }
    }

    private static IEnumerable<WorkerKey> InLimits() =>
    [
        Used(MaxRequestBytes, ConfigType.Int, "1048576", Limits, "The largest body of a request, in bytes; a larger one is answered with 413.",
            allowed: "at least 1024", check: ConfigChecks.AtLeast(1024)),
        Used(MaxHeaderBytes, ConfigType.Int, "32768", Limits, "The most bytes of all headers of a request; more are answered with 431.",
            allowed: "1024 to 1048576", check: ConfigChecks.Between(1024, 1 << 20)),
        Used(MaxRequestLineBytes, ConfigType.Int, "8192", Limits,
            "The longest first line of a request, in bytes: path, encoded names and query. A longer one is answered with 414.",
            allowed: "1024 to 1048576", check: ConfigChecks.Between(1024, 1 << 20)),
        Used(MaxConnections, ConfigType.Int, "1024", Limits, "How many connections may be open at a time; further ones are closed at once.",
            allowed: "at least 1", check: ConfigChecks.AtLeast(1)),
        Used(RequestTimeout, ConfigType.Long, "90000", Limits,
            "How long a request may wait for connectors, in milliseconds; then it is answered with 500 and what was being done.",
            allowed: "1 to 3600000", check: ConfigChecks.Between(1, 3_600_000)),
        Used(HeadersTimeout, ConfigType.Long, "30000", Limits,
            "How long the head of a request may take to come, in milliseconds. (A body that comes with less than 240 bytes a second for 5 seconds ends the request.)",
            allowed: "100 to 3600000", check: ConfigChecks.Between(100, 3_600_000)),
        Used(IdleTimeout, ConfigType.Long, "130000", Limits, "How long a connection may be open without a request, in milliseconds.",
            allowed: "100 to 86400000", check: ConfigChecks.Between(100, 86_400_000)),
    ];

    private static IEnumerable<WorkerKey> InState() =>
    [
        Used(DataDir, ConfigType.String, "./data", State,
            "The directory of the worker's state: configurations, target states, plans and offsets. Made if missing. "
            + "One worker at a time may use it. A worker with `cluster.redis` keeps nothing there.", check: ConfigChecks.NonEmpty, importance: ConfigImportance.High),
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
        Used(LogFormat, ConfigType.String, "text", Logging,
            "How it is written: as lines for people, or each entry as a JSON object in one line. See [logs](logs.md).",
            allowed: "`text`, `json`", check: ConfigChecks.OneOf("text", "json")),
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
            ("metric.reporters", "metrics are served at `/metrics`, and need no reporter"),
            ("auto.include.jmx.reporter", "metrics are served at `/metrics`, and need no reporter"),
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

    // The value may hold a password, and is not repeated.
    private static string? Redis(object? value)
        => value is null || (value is string { Length: > 0 } text && text.Split(',')[0].Trim() is { Length: > 0 } first && !first.Contains('=', StringComparison.Ordinal))
            ? null
            : "must begin with host:port";

    private static string? Address(object? value)
        => value is "" || (Uri.TryCreate(value as string, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0)
            ? null
            : "must be an address such as http://collector:4317; credentials belong in otlp.headers";

    private static string? Headers(object? value)
        => value is not string text || (!text.Contains('%', StringComparison.Ordinal) && text.Split(',').All(header => header.IndexOf('=', StringComparison.Ordinal) > 0))
            ? null
            : "must be headers such as key=value, separated by commas, without percent signs";

    private static string? Policy(object? value)
        => value is string name && ClientOverridePolicy.Find(name, []) is not null
            ? null
            : "must be one of: All, None, Principal, Allowlist";

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

    private static string? HeadersParse(object? value)
        => value is string text && !ResponseHeader.TryParseAll(text, out _, out var error) ? error : null;

    private static string? Origins(object? value)
        => (value as IReadOnlyList<string>)?.FirstOrDefault(origin => origin.Length > 0 && origin != "*" && !IsOrigin(origin)) is { } wrong
            ? $"'{wrong}' is not an origin: https://host or https://host:port, without a path"
            : null;

    private static bool IsOrigin(string text)
        => Uri.TryCreate(text.Replace("://*.", "://any.", StringComparison.Ordinal), UriKind.Absolute, out var origin)
            && origin.Scheme is "http" or "https" && !text.EndsWith('/') && origin.PathAndQuery == "/" && origin.UserInfo.Length == 0;

    private static string? Extensions(object? value)
        => (value as IReadOnlyList<string>)?.FirstOrDefault(name => name is not ("" or BasicExtension)) is { } other
            ? $"{other} is a Java class, which is not loaded; starting without it might open what it guards. "
                + $"To guard the API, set {Authentication} (docs/security.md)"
            : null;

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
