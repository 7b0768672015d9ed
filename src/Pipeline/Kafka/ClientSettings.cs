using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Pipeline;

/// <summary>Lays settings over each other and translates them to librdkafka's.</summary>
internal static class ClientSettings
{
    /// <summary>Translates settings.</summary>
    /// <param name="role">What the client does.</param>
    /// <param name="layers">Settings under the names of Java clients; later ones win.</param>
    /// <exception cref="ConfigException">A setting cannot work.</exception>
    public static TranslatedSettings Translate(ClientRole role, params ReadOnlySpan<IReadOnlyDictionary<string, string>> layers)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            foreach (var (key, value) in layer)
                merged[key] = value;
        }

        try
        {
            return JavaClientSettings.Translate(merged, role);
        }
        catch (KafkaSettingException e)
        {
            throw new ConfigException(e.Message, e);
        }
    }
}
