using System.IO.Enumeration;

namespace Exports.Ctl.Server;

/// <summary>Chooses connectors by names or patterns: <c>*</c> stands for any characters, <c>?</c> for one.</summary>
internal static class ConnectorPatterns
{
    /// <summary>The things whose names match at least one pattern, in their order; all when there is no pattern.</summary>
    /// <param name="items">What is chosen from.</param>
    /// <param name="name">Its name.</param>
    /// <param name="patterns">Names or patterns. One that is the name of a connector means that connector alone.</param>
    /// <exception cref="CtlException">One matches nothing.</exception>
    public static IReadOnlyList<T> Choose<T>(IReadOnlyList<T> items, Func<T, string> name, IReadOnlyCollection<string> patterns)
    {
        if (patterns.Count == 0)
            return items;
        var names = items.Select(name).ToHashSet(StringComparer.Ordinal);
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            string[] matching = names.Contains(pattern) ? [pattern] : [.. names.Where(candidate => Matches(pattern, candidate))];
            if (matching.Length == 0)
                throw CtlException.Refused(IsPattern(pattern) ? $"No connector matches '{pattern}'." : $"There is no connector '{pattern}'.");
            chosen.UnionWith(matching);
        }

        return [.. items.Where(item => chosen.Contains(name(item)))];
    }

    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    private static bool Matches(string pattern, string name)
        => FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), name, ignoreCase: false);
}
