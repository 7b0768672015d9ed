namespace Exports.Connectors.Sdk;

/// <summary>What the check of one configuration key gave.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">
/// The value as it may be shown: the given text or the default, placeholders unresolved, passwords as
/// <see cref="ParsedConfig.HiddenPassword"/>; null where there is none.
/// </param>
/// <param name="Errors">What is wrong, in whole sentences; empty when all is well.</param>
/// <param name="RecommendedValues">Values that would be accepted; empty when there are none to recommend.</param>
/// <param name="Visible">Whether the key matters, given the other values.</param>
public sealed record ConfigValue(
    string Name,
    string? Value,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> RecommendedValues,
    bool Visible = true);
