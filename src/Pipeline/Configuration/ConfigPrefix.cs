namespace Exports.Pipeline;

/// <summary>Takes the keys under a prefix out of a configuration.</summary>
internal static class ConfigPrefix
{
    /// <summary>The entries whose key begins with the prefix and goes on, the prefix removed.</summary>
    public static Dictionary<string, TValue> WithPrefix<TValue>(
        this IEnumerable<KeyValuePair<string, TValue>> config, string prefix)
        => config
            .Where(entry => entry.Key.Length > prefix.Length && entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value, StringComparer.Ordinal);
}
