namespace Exports.Pipeline;

/// <summary>What the check of a connector's configuration gave.</summary>
/// <param name="ConnectorClass"><c>connector.class</c> as it was given.</param>
/// <param name="Groups">The groups of keys in the order in which they are shown.</param>
/// <param name="Keys">Every key of the connector, its converters, transforms and predicates.</param>
/// <param name="ErrorCount">
/// The number of errors as Kafka Connect counts them: several messages about one key of a converter count as one.
/// </param>
/// <param name="UnknownKeys">Keys that nobody reads; not errors.</param>
/// <param name="KeysWithoutEffect">Keys that were given and are accepted for compatibility only, with the reason; not errors.</param>
/// <param name="Unresolved">Placeholders that no config provider knows; not errors.</param>
public sealed record ConnectorValidation(
    string ConnectorClass,
    IReadOnlyList<string> Groups,
    IReadOnlyList<CheckedKey> Keys,
    int ErrorCount,
    IReadOnlyList<UnknownKey> UnknownKeys,
    IReadOnlyList<(string Key, string Reason)> KeysWithoutEffect,
    IReadOnlyList<UnresolvedPlaceholder> Unresolved)
{
    /// <summary>What is not wrong and yet hardly meant: each names a key that changes nothing, or a placeholder that stays.</summary>
    public IReadOnlyList<string> Warnings { get; } =
    [
        .. UnknownKeys.Select(static unknown => $"nobody reads the configuration key '{unknown.Key}'"
            + (unknown.Nearest is { } nearest ? $"; did you mean '{nearest}'?" : "")),
        .. KeysWithoutEffect.Select(static key => $"the configuration key '{key.Key}' has no effect: {key.Reason}"),
        .. Unresolved.Select(static placeholder => placeholder.ToString()),
    ];

    /// <summary>All errors, in the order of the keys.</summary>
    public IReadOnlyList<string> Errors { get; } = [.. Keys.SelectMany(key => key.Value.Errors)];

    /// <summary>Whether the connector can be started.</summary>
    public bool IsValid => Errors.Count == 0;

    /// <summary>All errors in one text, as Kafka Connect words it.</summary>
    public string Message =>
        $"""
        Connector configuration is invalid and contains the following {ErrorCount} error(s):
        {string.Join('\n', Errors)}
        You can also find the above list of errors at the endpoint `/connector-plugins/{"{connectorType}"}/config/validate`
        """;
}
