using System.Text.Json.Nodes;

namespace Exports.Ctl.Files;

/// <summary>A key whose value differs.</summary>
/// <param name="Key">The key.</param>
/// <param name="Before">Its value in the worker; null where it has none.</param>
/// <param name="After">Its value in the file; null where it has none.</param>
internal sealed record ConfigDifference(string Key, string? Before, string? After)
{
    /// <summary>The differing keys of two configurations, in order. The key <c>name</c> is no part of the comparison.</summary>
    public static IReadOnlyList<ConfigDifference> Between(JsonObject? before, JsonObject? after)
        => [.. Keys(before).Union(Keys(after)).Where(key => key != "name").Order(StringComparer.Ordinal)
            .Select(key => new ConfigDifference(key, before?[key]?.ToString(), after?[key]?.ToString()))
            .Where(difference => difference.Before != difference.After)];

    private static IEnumerable<string> Keys(JsonObject? config) => config?.Select(entry => entry.Key) ?? [];
}
