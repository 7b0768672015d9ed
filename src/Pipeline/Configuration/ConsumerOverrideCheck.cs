using Exports.Kafka.Client;

namespace Exports.Pipeline;

/// <summary>Checks a connector's settings for its consumers as the pipeline will use them: over those of the worker.</summary>
internal static class ConsumerOverrideCheck
{
    private const string BootstrapServers = "bootstrap.servers";

    /// <summary>Adds errors to the report.</summary>
    /// <returns>The keys that have no effect, prefix included.</returns>
    public static IReadOnlyList<string> Check(
        ValidationReport report, IReadOnlyDictionary<string, string?> config, PipelineOptions options)
    {
        var overrides = config.WithPrefix(ConnectorKeys.ConsumerOverridePrefix)
            .Where(entry => entry.Value is not null)
            .ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.Ordinal);
        if (overrides.Count == 0)
            return [];

        var own = options.Consumer.GetValueOrDefault(BootstrapServers) ?? options.Client.GetValueOrDefault(BootstrapServers);
        if (overrides.TryGetValue(BootstrapServers, out var servers) && servers.Trim() != own?.Trim())
            AddError(report, BootstrapServers, servers, "Reading from another cluster than the worker's is not supported yet");
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in options.Client.Concat(options.Consumer).Concat(overrides))
            settings[key] = value;
        try
        {
            var translated = JavaClientSettings.Translate(settings, ClientRole.Consumer);
            return [.. translated.Unknown.Concat(translated.Ignored.Select(ignored => ignored.Key))
                .Where(overrides.ContainsKey)
                .Select(key => ConnectorKeys.ConsumerOverridePrefix + key)];
        }
        catch (KafkaSettingException e)
        {
            AddError(report, e.Key, e.ShownValue, e.Reason);
            return [];
        }
    }

    private static void AddError(ValidationReport report, string key, string value, string reason)
        => report.AddError(
            ConnectorKeys.ConsumerOverridePrefix + key,
            new Connectors.Sdk.ConfigException(ConnectorKeys.ConsumerOverridePrefix + key, value, reason).Message);
}
