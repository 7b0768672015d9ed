namespace Exports.Pipeline;

/// <summary>Finds keys that nobody reads, which are mostly misspelt ones.</summary>
internal static class UnknownKeys
{
    /// <summary>Finds them.</summary>
    /// <param name="given">The keys of a configuration.</param>
    /// <param name="known">The keys that are defined.</param>
    /// <param name="freePrefixes">Prefixes under which a client or a plugin reads any key.</param>
    /// <param name="withoutEffect">Keys below them that are not read.</param>
    public static IReadOnlyList<UnknownKey> Find(
        IEnumerable<string> given,
        IReadOnlyCollection<string> known,
        IReadOnlyList<string> freePrefixes,
        IReadOnlyList<string> withoutEffect)
    {
        return [.. given
            .Where(key => !known.Contains(key))
            .Where(key => !freePrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)))
            .Concat(withoutEffect)
            .Order(StringComparer.Ordinal)
            .Select(key => new UnknownKey(key, NearestKey.Find(key, known)))];
    }
}
