namespace Exports.Import;

/// <summary>A connector as Kafka Connect tells of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its configuration. May hold secrets: never shown.</param>
/// <param name="Type"><c>sink</c>, <c>source</c>, or <c>unknown</c> where the cluster does not say.</param>
/// <param name="State">Its state, such as <c>RUNNING</c>, or <c>unknown</c>.</param>
internal sealed record SourceConnector(string Name, IReadOnlyDictionary<string, string> Config, string Type, string State)
{
    /// <summary><c>connector.class</c>, or an empty text.</summary>
    public string ClassName => Config.GetValueOrDefault("connector.class", "");

    /// <summary>The Kafka group that its offsets are committed to.</summary>
    public string Group => Config.GetValueOrDefault("consumer.override.group.id", $"connect-{Name}");

    /// <summary>Whether it still reads from Kafka under its group's name; a paused one keeps its membership.</summary>
    public bool IsActive => State is not ("STOPPED" or "unknown");
}
