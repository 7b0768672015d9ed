using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Checks connector configurations. Thread-safe.</summary>
/// <remarks>
/// Errors have Kafka Connect's words, order and count. Nothing that a config provider gives and no password is shown: values
/// and messages have the placeholder, or <see cref="ParsedConfig.HiddenPassword"/>.
/// </remarks>
public sealed class ConnectorValidator
{
    private readonly PluginCatalog _plugins;
    private readonly ConfigResolver _resolver;
    private readonly PipelineOptions _options;
    private readonly ConfigDef _definition;

    /// <summary>Makes a validator.</summary>
    /// <param name="plugins">Where classes are looked up.</param>
    /// <param name="resolver">Resolves placeholders for the check.</param>
    /// <param name="options">The worker's converters and group.</param>
    public ConnectorValidator(PluginCatalog plugins, ConfigResolver resolver, PipelineOptions options)
    {
        _plugins = plugins;
        _resolver = resolver;
        _options = options;
        _definition = ConnectorConfigDefinition.Create(plugins);
    }

    /// <summary>Checks a configuration: placeholders are resolved for the check, and shown as they were given.</summary>
    /// <param name="config">The configuration with <c>name</c>, placeholders unresolved. Null stands for JSON's null.</param>
    /// <exception cref="ConfigException">
    /// There is no <c>connector.class</c> (400 in the REST API), or a config provider failed.
    /// </exception>
    /// <exception cref="PluginNotFoundException">
    /// No connector has that class (500 in the REST API, as in Kafka Connect).
    /// </exception>
    public ConnectorValidation Validate(IReadOnlyDictionary<string, string?> config) => Check(config).Finish();

    /// <summary>As <see cref="Validate"/>; where that finds no error, the destination is asked as well.</summary>
    /// <param name="config">The configuration with <c>name</c>, placeholders unresolved. Null stands for JSON's null.</param>
    /// <param name="limit">How long the destination may take to answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="Validate" path="/exception"/>
    public async Task<ConnectorValidation> ValidateWithDestinationAsync(
        IReadOnlyDictionary<string, string?> config, TimeSpan limit, CancellationToken cancellationToken)
    {
        var check = Check(config);
        if (check.Finish() is { IsValid: false } invalid)
            return invalid;
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limit);
        try
        {
            // The wait ends in time even where the plugin does not heed the token.
            foreach (var (key, message) in await Task.Run(() => check.Connector.CheckDestinationAsync(Present(check.Resolved), time.Token), time.Token)
                .WaitAsync(time.Token).ConfigureAwait(false))
            {
                check.Report.AddError(key, message);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            check.Report.AddError(ConnectorKeys.ConnectorClass, $"The destination did not answer within {limit.TotalSeconds:0.#} s.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            check.Report.AddError(ConnectorKeys.ConnectorClass, e is ConnectException
                ? e.Message
                : $"{check.Connector.GetType().FullName} failed to check the destination: {e.Message}");
        }

        return check.Finish();
    }

    private Checked Check(IReadOnlyDictionary<string, string?> config)
    {
        var (resolved, redactor, unresolved) = _resolver.ResolveNullable(config);
        if (resolved.GetValueOrDefault(ConnectorKeys.ConnectorClass) is not { } className)
            throw new ConfigException($"Connector config {{{string.Join(", ", config.Keys)}}} contains no connector type");
        var (connector, versionError) = FindConnector(className, resolved.GetValueOrDefault(ConnectorKeys.ConnectorPluginVersion));

        var report = new ValidationReport(resolved, config, redactor);
        report.Check(_definition);
        if (versionError is not null)
            AddVersionError(report, ConnectorKeys.ConnectorClass, ConnectorKeys.ConnectorPluginVersion, versionError);
        CheckTopics(report, resolved);
        CheckGroup(report, resolved);
        CheckNulls(report, config);
        CheckWorkerConverters(report, resolved);
        new TransformKeys(_plugins, report, resolved).Check();
        CheckConnector(report, connector, resolved);

        // Converters come last, and in this order, as in Kafka Connect.
        CheckConverter(report, resolved, ConnectorKeys.HeaderConverter, ConverterRole.Header);
        CheckConverter(report, resolved, ConnectorKeys.KeyConverter, ConverterRole.Key);
        CheckConverter(report, resolved, ConnectorKeys.ValueConverter, ConverterRole.Value);

        var overridePrefixes = ClientOverrideCheck.Prefixes(!string.IsNullOrWhiteSpace(resolved.GetValueOrDefault(ConnectorKeys.DeadLetterTopic)));
        var withoutEffect = new ClientOverrideCheck(report, resolved, _options).Check(overridePrefixes);
        var unknown = UnknownKeys.Find(
            config.Keys, report.Names, [.. overridePrefixes, .. connector.KeyPrefixes], [.. withoutEffect, .. FindKeysWithoutEffect(connector, resolved)]);
        return new(connector, resolved, report, () => report.Finish(className, unknown, unresolved));
    }

    private static void CheckTopics(ValidationReport report, Dictionary<string, string?> resolved)
    {
        foreach (var (key, message) in TopicSubscription.Validate(resolved))
            report.AddError(key, message);
    }

    /// <summary>Two groups of one name would commit over each other.</summary>
    private void CheckGroup(ValidationReport report, Dictionary<string, string?> resolved)
    {
        const string overrideKey = ConnectorKeys.ConsumerOverridePrefix + "group.id";
        if (resolved.TryGetValue(overrideKey, out var group))
        {
            if (group == _options.GroupId)
                report.AddError(overrideKey, $"Consumer group {group} conflicts with Connect worker group {_options.GroupId}");
        }
        else if (resolved.GetValueOrDefault(ConnectorKeys.Name) is { } name
            && ConnectorConfig.DefaultGroupId(name) == _options.GroupId)
        {
            report.AddError(ConnectorKeys.Name,
                $"Consumer group for sink connector named {name} conflicts with Connect worker group {_options.GroupId}");
        }
    }

    private static void CheckNulls(ValidationReport report, IReadOnlyDictionary<string, string?> config)
    {
        foreach (var (key, _) in config.Where(entry => entry.Value is null))
            report.AddError(key, "Null value can not be supplied as the configuration value.");
    }

    /// <summary>A converter that neither connector nor worker names would be missed only when a task starts.</summary>
    private void CheckWorkerConverters(ValidationReport report, Dictionary<string, string?> resolved)
    {
        foreach (var key in (string[])[ConnectorKeys.KeyConverter, ConnectorKeys.ValueConverter])
        {
            if (!resolved.ContainsKey(key) && !_options.Converters.ContainsKey(key))
                report.AddError(key, $"Missing required configuration \"{key}\" which has no default value.");
        }
    }

    private static void CheckConnector(ValidationReport report, SinkConnector connector, Dictionary<string, string?> resolved)
    {
        if (!report.Check(connector.Config))
            return;
        try
        {
            foreach (var (key, message) in connector.Validate(Present(resolved)))
                report.AddError(key, message);
        }
        catch (Exception e)
        {
            // A plugin's check that throws is a plugin's defect; it must not look like one of the worker.
            report.AddError(ConnectorKeys.ConnectorClass,
                $"{connector.GetType().FullName} failed to check the configuration: {e.Message}");
        }
    }

    private static IEnumerable<string> FindKeysWithoutEffect(SinkConnector connector, Dictionary<string, string?> resolved)
    {
        try
        {
            return connector.FindKeysWithoutEffect(Present(resolved));
        }
        catch (Exception)
        {
            // A plugin's defect, and only about a warning.
            return [];
        }
    }

    private static Dictionary<string, string> Present(Dictionary<string, string?> resolved)
        => resolved.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);

    /// <summary>
    /// The connector; where there is none of that version, the one of the highest, so that all else is checked nevertheless.
    /// </summary>
    private (SinkConnector Connector, string? VersionError) FindConnector(string className, string? version)
    {
        var latest = _plugins.FindConnector(className);
        if (PluginVersionRange.Parse(version).Error is not null)
            return (latest, null); // The check of the key says so.
        var (chosen, error) = _plugins.TryFind(PluginType.Sink, className, version);
        return chosen is null ? (latest, error) : ((SinkConnector)chosen.Instance, null);
    }

    private void CheckConverter(ValidationReport report, Dictionary<string, string?> resolved, string key, ConverterRole role)
    {
        var versionKey = key + ConnectorKeys.PluginVersionSuffix;
        var version = resolved.GetValueOrDefault(versionKey);
        if (resolved.GetValueOrDefault(key) is not { } className)
        {
            if (version is not (null or "") && !report.HasErrors(versionKey))
                report.AddError(versionKey, new ConfigException(versionKey, version, $"it has a meaning only with {key}").Message);
            return;
        }
        if (report.HasErrors(key) || report.HasErrors(versionKey))
            return;
        if (_plugins.TryFind(PluginCatalog.TypeOf(role), className, version).Error is { } missing)
            AddVersionError(report, key, versionKey, missing);
        else
            report.CheckConverter(_plugins.CreateConverter(className, role, version).Config, key + ".");
    }

    /// <summary>As in Kafka Connect, a version that is not there is shown, and counted, at both keys.</summary>
    private static void AddVersionError(ValidationReport report, string classKey, string versionKey, string message)
    {
        report.AddError(classKey, message);
        report.AddError(versionKey, message);
    }

    private sealed record Checked(
        SinkConnector Connector, Dictionary<string, string?> Resolved, ValidationReport Report, Func<ConnectorValidation> Finish);
}
