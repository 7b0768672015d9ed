namespace Exports.Pipeline;

/// <summary>Takes the keys under a prefix out of a configuration, and lays configurations over each other.</summary>
internal static class ConfigPrefix
{
    /// <summary>The entries whose key begins with the prefix and goes on, the prefix removed.</summary>
    public static Dictionary<string, TValue> WithPrefix<TValue>(
        this IEnumerable<KeyValuePair<string, TValue>> config, string prefix)
        => config
            .Where(entry => entry.Key.Length > prefix.Length && entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value, StringComparer.Ordinal);

    /// <summary>The entries of both; those of the second win.</summary>
    public static IReadOnlyDictionary<string, string> Overlay(
        this IReadOnlyDictionary<string, string> config, IReadOnlyDictionary<string, string> over)
    {
        var merged = new Dictionary<string, string>(config, StringComparer.Ordinal);
        foreach (var (key, value) in over)
            merged[key] = value;
        return merged;
    }
}
