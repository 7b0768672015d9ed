using Exports.Kafka.Client;

namespace Exports.Pipeline;

/// <summary>
/// Checks a connector's settings for its clients: whether the worker allows them, and as the pipeline will use them, over those
/// of the worker.
/// </summary>
internal sealed class ClientOverrideCheck(ValidationReport report, IReadOnlyDictionary<string, string?> config, PipelineOptions options)
{
    private const string BootstrapServers = "bootstrap.servers";

    /// <summary>The prefixes under which settings of a connector are read: only a dead letter queue has a producer, and creates a topic.</summary>
    public static IReadOnlyList<string> Prefixes(bool hasDeadLetterQueue) => hasDeadLetterQueue
        ? [ConnectorKeys.ProducerOverridePrefix, ConnectorKeys.AdminOverridePrefix, ConnectorKeys.ConsumerOverridePrefix]
        : [ConnectorKeys.ConsumerOverridePrefix];

    /// <summary>Adds errors to the report.</summary>
    /// <returns>The keys that have no effect, prefix included.</returns>
    public IReadOnlyList<string> Check(IReadOnlyList<string> prefixes) => [.. prefixes.SelectMany(Check)];

    private IReadOnlyList<string> Check(string prefix)
    {
        var overrides = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in config.WithPrefix(prefix))
        {
            if (options.Overrides.Refuse(key) is { } refusal)
                report.AddError(prefix + key, refusal);
            else if (value is not null)
                overrides.Add(key, value);
        }

        if (overrides.Count == 0)
            return [];
        if (prefix == ConnectorKeys.ConsumerOverridePrefix)
            CheckCluster(overrides);
        try
        {
            var translated = Translate(prefix, overrides);
            return [.. translated.Unknown.Concat(translated.Ignored.Select(ignored => ignored.Key))
                .Where(overrides.ContainsKey)
                .Select(key => prefix + key)];
        }
        catch (KafkaSettingException e)
        {
            AddError(prefix + e.Key, e.ShownValue, e.Reason);
            return [];
        }
    }

    private void CheckCluster(Dictionary<string, string> overrides)
    {
        var own = options.Consumer.GetValueOrDefault(BootstrapServers) ?? options.Client.GetValueOrDefault(BootstrapServers);
        if (overrides.TryGetValue(BootstrapServers, out var servers) && servers.Trim() != own?.Trim())
        {
            AddError(
                ConnectorKeys.ConsumerOverridePrefix + BootstrapServers, servers,
                "Reading from another cluster than the worker's is not supported yet");
        }
    }

    private TranslatedSettings Translate(string prefix, Dictionary<string, string> overrides)
    {
        var (role, own) = prefix switch
        {
            ConnectorKeys.ProducerOverridePrefix => (ClientRole.Producer, DeadLetterQueue.ProducerDefaults.Overlay(options.Client).Overlay(options.Producer)),
            ConnectorKeys.AdminOverridePrefix => (ClientRole.Admin, options.Client.Overlay(options.Admin)),
            _ => (ClientRole.Consumer, options.Client.Overlay(options.Consumer)),
        };
        return JavaClientSettings.Translate(own.Overlay(overrides), role);
    }

    private void AddError(string key, string value, string reason)
        => report.AddError(key, new Connectors.Sdk.ConfigException(key, value, reason).Message);
}
