namespace Exports.Pipeline;

/// <summary>Finds keys that nobody reads, which are mostly misspelt ones.</summary>
internal static class UnknownKeys
{
    // Beyond the length of any key that exists, and short enough for a comparison that takes the product of two lengths.
    private const int LongestCompared = 200;

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
            .Select(key => new UnknownKey(key, Nearest(key, known)))];
    }

    private static string? Nearest(string key, IEnumerable<string> known)
    {
        if (key.Length > LongestCompared)
            return null;
        // One slip in four characters, and never less than two: tasks.maxx, task.max, topic.
        var limit = Math.Max(2, key.Length / 4);
        var (nearest, distance) = known
            .Select(candidate => (Candidate: candidate, Distance: Distance(key, candidate)))
            .MinBy(entry => entry.Distance);
        return distance <= limit ? nearest : null;
    }

    /// <summary>How many characters must be put in, taken out or replaced to make one text of the other, case ignored.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                var next = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[^1];
    }
}
