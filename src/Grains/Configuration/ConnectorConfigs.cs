namespace Exports.Grains;

/// <summary>What can be said of configurations as they are stored, placeholders unresolved.</summary>
internal static class ConnectorConfigs
{
    /// <summary>Whether two configurations have the same keys and values.</summary>
    public static bool AreEqual(Dictionary<string, string> one, Dictionary<string, string> other)
        => one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value);

    /// <summary>The Kafka group that a connector has chosen, as it is written; empty for the default. With another group, offsets are others.</summary>
    public static string ChosenGroup(Dictionary<string, string> config) => config.GetValueOrDefault("consumer.override.group.id", "");
}
