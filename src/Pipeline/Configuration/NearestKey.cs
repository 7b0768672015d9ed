namespace Exports.Pipeline;

/// <summary>Finds the key that was probably meant.</summary>
public static class NearestKey
{
    // Beyond the length of any key that exists, and short enough for a comparison that takes the product of two lengths.
    private const int LongestCompared = 200;

    /// <summary>The candidate with the fewest letters to change, or null when none is near.</summary>
    public static string? Find(string key, IEnumerable<string> candidates)
    {
        if (key.Length > LongestCompared)
            return null;
        string? nearest = null;
        // One slip in four letters, and never less than two: tasks.maxx, task.max, topic.
        var fewest = Math.Max(2, key.Length / 4) + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - key.Length) >= fewest)
                continue;
            var distance = Distance(key, candidate);
            if (distance < fewest)
                (nearest, fewest) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>The number of letters to insert, remove or replace (Levenshtein), without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                var replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
