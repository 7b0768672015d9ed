using System.Text.RegularExpressions;
using NuGet.Versioning;

namespace Exports.Pipeline;

/// <summary>
/// Which versions of a plugin will do, in the notation of Kafka Connect's <c>plugin.version</c> keys, which is Maven's:
/// <c>1.2</c> or <c>[1.2]</c> for that one alone, <c>[1.2,2)</c>, <c>(,2]</c>, <c>[1,2),[3,)</c>.
/// </summary>
internal sealed partial class PluginVersionRange
{
    private readonly string _text;
    private readonly IReadOnlyList<VersionRange> _intervals;

    private PluginVersionRange(string text, IReadOnlyList<VersionRange> intervals)
    {
        _text = text;
        _intervals = intervals;
    }

    /// <summary>Reads a range.</summary>
    /// <param name="text">The range; null, empty or <c>latest</c> for any version, of which the highest serves.</param>
    /// <returns>The range, which is null for any version, or what is wrong with the text.</returns>
    public static (PluginVersionRange? Range, string? Error) Parse(string? text)
    {
        text = text?.Trim();
        if (text is null or "" or "latest")
            return (null, null);
        var bracketed = text[0] is '[' or '(' ? text : $"[{text}]";
        var intervals = new List<VersionRange>();
        foreach (var part in BetweenIntervals().Split(bracketed))
        {
            if (!IsInterval(part) || !VersionRange.TryParse(part, out var interval) || IsEmpty(interval))
            {
                return (null, "it is neither a version nor a range of versions; allowed: latest, or as in 1.2, [1.2,2), (,2], " +
                    "[1,2),[3,)");
            }
            intervals.Add(interval);
        }
        return (new(bracketed, intervals), null);
    }

    /// <summary>Whether that version will do. A version that is not made of numbers never does.</summary>
    public bool Contains(NuGetVersion? version)
        => version is not null && _intervals.Any(interval => interval.Satisfies(version));

    /// <summary>The range as it was given, a single version in brackets.</summary>
    public override string ToString() => _text;

    // Floating versions (1.*) are NuGet's own.
    private static bool IsInterval(string part) => part.Length > 2 && part[0] is '[' or '(' && part[^1] is ']' or ')' && !part.Contains('*');

    private static bool IsEmpty(VersionRange interval)
        => interval is { MinVersion: { } min, MaxVersion: { } max }
            && (min > max || (min == max && !(interval.IsMinInclusive && interval.IsMaxInclusive)));

    [GeneratedRegex(@"(?<=[\])])\s*,\s*(?=[\[(])")]
    private static partial Regex BetweenIntervals();
}
