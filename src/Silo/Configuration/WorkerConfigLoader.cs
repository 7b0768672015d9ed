using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using Exports.Observation;
using Exports.Pipeline;
using Exports.Silo.Engine;

namespace Exports.Silo.Configuration;

/// <summary>Brings file, environment and command line together, resolves placeholders, and checks everything at once. For one use.</summary>
internal sealed class WorkerConfigLoader
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _notNeeded = [];
    private bool _listenerOfOldNames;

    public WorkerConfig Load(
        string? path, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> overrides)
    {
        if (path is not null)
            ReadFile(path);
        var variables = EnvironmentKeys.Read(environment);
        foreach (var (key, (value, _)) in variables)
            _given[key] = value;
        foreach (var (key, value) in overrides)
            _given[key] = value;
        ReadOldNames();

        var resolved = Resolve();
        var client = Sort(resolved);
        Check(resolved);
        ThrowOnErrors();
        var config = Build(resolved, client, [.. variables.Values.Select(variable => variable.Variable).Order(StringComparer.Ordinal)]);
        CheckClients(config.Pipeline, resolved);
        ThrowOnErrors();
        return config;
    }

    private void ReadFile(string path)
    {
        try
        {
            foreach (var (key, value) in JavaProperties.Load(path))
                _given[key] = value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new WorkerConfigException([$"The configuration file {path} cannot be read: {e.Message}"]);
        }
    }

    /// <summary>Takes what older workers and images call otherwise, where the key of today is not given.</summary>
    private void ReadOldNames()
    {
        if (_given.TryGetValue("log4j.root.loglevel", out var level))
            _given.TryAdd(WorkerKeys.LogLevel, level);
        var port = _given.GetValueOrDefault(WorkerKeys.RestPort, "8083");
        if (_given.ContainsKey(WorkerKeys.RestHostName) || _given.ContainsKey(WorkerKeys.RestPort))
            _listenerOfOldNames = _given.TryAdd(WorkerKeys.Listeners, $"http://{_given.GetValueOrDefault(WorkerKeys.RestHostName, "")}:{port}");
    }

    private ResolvedConfig Resolve()
    {
        try
        {
            return new ConfigResolver(ProvidersOf(_given)).Resolve(_given);
        }
        catch (ConfigException e)
        {
            _errors.Add(e.Message);
            throw new WorkerConfigException(_errors);
        }
    }

    /// <summary>Says of every given key what becomes of it. Returns the settings of all Kafka clients: what is left.</summary>
    private Dictionary<string, string> Sort(ResolvedConfig resolved)
    {
        _warnings.AddRange(resolved.Unresolved.Select(placeholder => placeholder.ToString()));
        var client = new Dictionary<string, string>(StringComparer.Ordinal);
        var onlyAnswers = resolved.GetValueOrDefault(WorkerKeys.WorkerRole) == "api";
        var inCluster = !string.IsNullOrEmpty(resolved.GetValueOrDefault(WorkerKeys.ClusterRedis));
        foreach (var name in _given.Keys.Order(StringComparer.Ordinal))
        {
            if (WorkerKeys.Find(name) is { } key)
            {
                if (key.Use == KeyUse.NotNeeded || (onlyAnswers && WorkerKeys.IsForConnectors(name)) || (inCluster && name == WorkerKeys.DataDir))
                    _notNeeded.Add(name);
                if (WorkerKeys.NeededBy(name) is { } other && string.IsNullOrEmpty(_given.GetValueOrDefault(other)))
                    _warnings.Add($"{name} has no effect without {other}.");
            }
            else if (WorkerKeys.FamilyOf(name) is { } family)
            {
                if (family.Use == KeyUse.Warned)
                    _warnings.Add($"{name} has no effect.");
                if (family.Use == KeyUse.NotNeeded && name != "log4j.root.loglevel")
                    _notNeeded.Add(name);
            }
            else
            {
                client[name] = resolved[name];
            }
        }

        return client;
    }

    private void Check(ResolvedConfig resolved)
    {
        var values = resolved.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);
        var unresolved = _given.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);
        _errors.AddRange(Definition.Validate(values, unresolved)
            // What is wrong with a listener made of older keys is said of those.
            .Where(value => !(_listenerOfOldNames && value.Name == WorkerKeys.Listeners))
            .SelectMany(value => value.Errors.Take(1)));
        foreach (var (key, level) in resolved.Where(pair => pair.Key.StartsWith(WorkerKeys.LogLevelOf, StringComparison.Ordinal)))
        {
            if (!LogLevels.TryParse(level.Trim(), out _))
                _errors.Add(new ConfigException(key, _given[key], $"String must be one of: {LogLevels.Names}").Message);
        }
    }

    private void CheckClients(PipelineOptions options, ResolvedConfig resolved)
    {
        foreach (var prefix in (string[])[WorkerKeys.Consumer, WorkerKeys.Admin])
        {
            if (resolved.TryGetValue(prefix + WorkerKeys.BootstrapServers, out var servers) && servers.Trim() != options.Client[WorkerKeys.BootstrapServers])
            {
                _errors.Add(
                    $"Invalid value {_given[prefix + WorkerKeys.BootstrapServers]} for configuration {prefix}{WorkerKeys.BootstrapServers}: "
                    + "a worker reads from one cluster; leave it out, or give the value of bootstrap.servers.");
            }
        }

        var settings = ClientSettings.Check(options);
        _errors.AddRange(settings.Errors.Select(resolved.Redact));
        _notNeeded.AddRange(settings.Ignored);
        _notNeeded.Sort(StringComparer.Ordinal);
        foreach (var key in settings.Unknown)
        {
            // A client's key keeps the prefix that it was given.
            var prefix = new[] { WorkerKeys.Consumer, WorkerKeys.Producer, WorkerKeys.Admin }
                .FirstOrDefault(prefix => key.StartsWith(prefix, StringComparison.Ordinal)) ?? "";
            var nearest = NearestKey.Find(
                key, WorkerKeys.All.Select(known => known.Name).Concat(JavaClientSettings.Keys.Select(known => prefix + known)));
            _warnings.Add($"Unknown key {key}: it has no effect.{(nearest is null ? "" : $" Did you mean {nearest}?")}");
        }
    }

    private void ThrowOnErrors()
    {
        if (_errors.Count > 0)
            throw new WorkerConfigException(_errors);
    }

    private WorkerConfig Build(ResolvedConfig resolved, Dictionary<string, string> client, IReadOnlyList<string> variables)
    {
        var parsed = Definition.Parse(resolved);
        client[WorkerKeys.BootstrapServers] = string.Join(',', parsed.GetList(WorkerKeys.BootstrapServers));
        var listeners = new List<Listener>();
        foreach (var text in parsed.GetList(WorkerKeys.Listeners))
        {
            if (Listener.TryParse(text, out var listener, out _))
                listeners.Add(listener!);
        }

        LogLevels.TryParse(parsed.GetString(WorkerKeys.LogLevel), out var level);
        var pipeline = new PipelineOptions
        {
            Client = client,
            Consumer = Under(resolved, WorkerKeys.Consumer),
            Producer = Under(resolved, WorkerKeys.Producer),
            Admin = Under(resolved, WorkerKeys.Admin),
            Converters = Converters(resolved, parsed),
            ConfigProviders = ProvidersOf(resolved),
            Overrides = ClientOverridePolicy.Find(parsed.GetClass(WorkerKeys.OverridePolicy), parsed.GetList(WorkerKeys.OverrideAllowlist))!,
            GroupId = parsed.GetString(WorkerKeys.GroupId),
            BufferBytes = parsed.GetLong(WorkerKeys.BufferBytes),
            TaskBufferBytes = parsed.GetLong(WorkerKeys.TaskBufferBytes),
            MetadataMaxAge = Milliseconds(parsed, WorkerKeys.MetadataMaxAge),
            ShutdownGrace = Milliseconds(parsed, WorkerKeys.ShutdownGrace),
        };
        if (parsed.Has(WorkerKeys.Lanes))
            pipeline = pipeline with { Lanes = parsed.GetInt(WorkerKeys.Lanes) };
        return new WorkerConfig
        {
            BootstrapServers = parsed.GetList(WorkerKeys.BootstrapServers),
            GroupId = pipeline.GroupId,
            Listeners = listeners,
            Rest = new RestConfigReader(resolved, parsed, listeners, _errors).Read(),
            DataDir = Path.GetFullPath(parsed.GetString(WorkerKeys.DataDir)),
            PluginPath = [.. parsed.GetList(WorkerKeys.PluginPath).Where(item => item.Length > 0).Select(Path.GetFullPath)],
            OffsetFlushInterval = Milliseconds(parsed, WorkerKeys.FlushInterval),
            OffsetFlushTimeout = Milliseconds(parsed, WorkerKeys.FlushTimeout),
            ConfigReloadInterval = Milliseconds(parsed, WorkerKeys.ConfigReloadInterval),
            ShutdownGrace = pipeline.ShutdownGrace,
            UnhealthyAfter = Milliseconds(parsed, WorkerKeys.UnhealthyAfter),
            Metrics = new(
                Enum.TryParse<MetricsDetail>(parsed.GetString(WorkerKeys.MetricsDetail), ignoreCase: true, out var detail) ? detail : null,
                parsed.GetList(WorkerKeys.MetricsConnectNames).Where(name => name.Length > 0).Aggregate(
                    MetricsNames.None, (names, name) => names | Enum.Parse<MetricsNames>(name, ignoreCase: true))),
            Cluster = Cluster(parsed, pipeline.GroupId),
            RunsConnectors = parsed.GetString(WorkerKeys.WorkerRole) != "api",
            Otlp = Otlp(parsed),
            ShowsDashboard = parsed.GetBoolean(WorkerKeys.DashboardEnable),
            TracksTopics = parsed.GetBoolean(WorkerKeys.TopicTracking),
            AllowsTopicReset = parsed.GetBoolean(WorkerKeys.TopicReset),
            Pipeline = pipeline,
            LogLevel = level,
            LogFormat = Enum.Parse<LogFormat>(parsed.GetString(WorkerKeys.LogFormat), ignoreCase: true),
            LogLevels = LevelsByCategory(resolved),
            Warnings = _warnings,
            NotNeeded = _notNeeded,
            FromEnvironment = variables,
        };
    }

    private ClusterConfig? Cluster(ParsedConfig parsed, string groupId)
    {
        if (parsed.GetPasswordOrNull(WorkerKeys.ClusterRedis) is not { } redis)
        {
            if (parsed.GetString(WorkerKeys.WorkerRole) == "api")
                _errors.Add($"{WorkerKeys.WorkerRole}=api answers requests for the workers of a cluster, and needs {WorkerKeys.ClusterRedis} to find them.");
            return null;
        }

        if (!WorkerEngine.CanCluster)
        {
            _errors.Add(
                $"{WorkerKeys.ClusterRedis} asks for a cluster, which needs the engine Orleans (./exports run --engine Orleans, where its packages can be restored); "
                + $"this worker has the engine {WorkerEngine.Name}. Leave the key out to run one worker with its state in {WorkerKeys.DataDir}.");
        }

        return new(
            redis,
            parsed.GetString(WorkerKeys.ClusterId) is { Length: > 0 } id ? id : groupId,
            IPAddress.TryParse(parsed.GetString(WorkerKeys.ClusterAddress), out var address) ? address : OwnAddress(),
            parsed.GetInt(WorkerKeys.ClusterPort),
            parsed.GetInt(WorkerKeys.ClusterGatewayPort),
            Milliseconds(parsed, WorkerKeys.ClusterBalance));
    }

    /// <summary>The first address of the machine that others may reach, or the loopback's where there is none.</summary>
    private static IPAddress OwnAddress()
        => NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;

    private static OtlpConfig? Otlp(ParsedConfig parsed)
        => parsed.GetString(WorkerKeys.OtlpEndpoint) is { Length: > 0 } endpoint && Uri.TryCreate(endpoint, UriKind.Absolute, out var address)
            ? new(
                address,
                parsed.GetString(WorkerKeys.OtlpProtocol) == "grpc",
                parsed.GetPasswordOrNull(WorkerKeys.OtlpHeaders),
                parsed.GetBoolean(WorkerKeys.OtlpMetricsEnable) ? Milliseconds(parsed, WorkerKeys.OtlpMetricsInterval) : null,
                parsed.GetInt(WorkerKeys.OtlpMaxSeries),
                parsed.GetBoolean(WorkerKeys.OtlpTracesEnable) ? parsed.GetDouble(WorkerKeys.OtlpTraceRatio) : null)
            : null;

    private static Dictionary<string, string> Converters(ResolvedConfig resolved, ParsedConfig parsed)
    {
        var converters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in (string[])[WorkerKeys.KeyConverter, WorkerKeys.ValueConverter, WorkerKeys.HeaderConverter])
        {
            converters[key] = parsed.GetClass(key);
            foreach (var (name, value) in resolved.Where(pair => pair.Key.StartsWith(key + ".", StringComparison.Ordinal)))
                converters[name] = value;
        }

        return converters;
    }

    private static Dictionary<string, LogLevel> LevelsByCategory(ResolvedConfig resolved)
    {
        var levels = new Dictionary<string, LogLevel>(StringComparer.OrdinalIgnoreCase);
        foreach (var (category, text) in Under(resolved, WorkerKeys.LogLevelOf))
        {
            LogLevels.TryParse(text.Trim(), out var level);
            levels[category] = level;
        }

        return levels;
    }

    private static Dictionary<string, string> ProvidersOf(IReadOnlyDictionary<string, string> config)
        => config.Where(pair => pair.Key == WorkerKeys.ConfigProviders
                || pair.Key.StartsWith(WorkerKeys.ConfigProviders + ".", StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, string> Under(ResolvedConfig resolved, string prefix)
        => resolved.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && WorkerKeys.FamilyOf(pair.Key) is not null)
            .ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);

    private static TimeSpan Milliseconds(ParsedConfig parsed, string key) => TimeSpan.FromMilliseconds(parsed.GetLong(key));

    private static ConfigDef Definition { get; } = [.. WorkerKeys.All.Where(key => key.Use == KeyUse.Used).Select(key => key.Definition)];
}
