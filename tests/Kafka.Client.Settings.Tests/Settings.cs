namespace Exports.Kafka.Client.Settings.Tests;

/// <summary>Settings written as text: <c>key=value</c>, one a line.</summary>
internal static class Settings
{
    public static readonly IReadOnlySet<string> AllFeatures = new HashSet<string> { "ssl", "sasl_plain", "sasl_scram", "oidc" };

    public static Dictionary<string, string> Of(string lines)
        => lines.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0].Trim(), pair => pair.Length > 1 ? pair[1] : "");

    public static TranslatedSettings Translate(ClientRole role, params (string Key, string Value)[] settings)
        => JavaClientSettings.Translate(settings.ToDictionary(s => s.Key, s => s.Value), role);

    public static KafkaSettingException Refusal(ClientRole role, params (string Key, string Value)[] settings)
        => Assert.Throws<KafkaSettingException>(() => Translate(role, settings));
}
