using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Exports.Silo.Rest;

/// <summary>A header that every response gets, as <c>response.http.headers.config</c> says it.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Value">Its value; empty where it is a date.</param>
/// <param name="Replaces">Whether it takes the place of one that is there (<c>set</c>), or comes beside it (<c>add</c>).</param>
/// <param name="FromNow">Of a date: how far from now it is; else null.</param>
internal sealed record ResponseHeader(string Name, string Value, bool Replaces, TimeSpan? FromNow)
{
    private const string Form =
        "each entry must be 'ACTION NAME: VALUE' with the action add, set, addDate or setDate, entries are separated by commas, "
        + "and an entry that holds a comma stands in double quotes";

    /// <summary>Headers without which the framing of responses would be wrong.</summary>
    private static readonly string[] s_ours = ["Content-Length", "Transfer-Encoding", "Connection", "Content-Encoding", "Trailer", "Upgrade"];

    /// <summary>Reads the value of <c>response.http.headers.config</c>.</summary>
    public static bool TryParseAll(
        string text, [NotNullWhen(true)] out IReadOnlyList<ResponseHeader>? headers, [NotNullWhen(false)] out string? error)
    {
        var found = new List<ResponseHeader>();
        (headers, error) = (found, null);
        if (string.IsNullOrWhiteSpace(text))
            return true;
        if (!TrySplit(text, out var entries))
            error = $"a double quote is not closed, or text follows it; {Form}";
        foreach (var entry in entries)
        {
            if (error is null && TryParse(entry, out var header, out error))
                found.Add(header);
        }

        headers = error is null ? found : null;
        return error is null;
    }

    /// <summary>Writes it into the headers of a response.</summary>
    public void Apply(IHeaderDictionary to, DateTimeOffset now)
    {
        var value = FromNow is { } distance ? (now + distance).ToString("R", CultureInfo.InvariantCulture) : Value;
        if (Replaces)
            to[Name] = value;
        else
            to.Append(Name, value);
    }

    private static bool TryParse(string entry, [NotNullWhen(true)] out ResponseHeader? header, [NotNullWhen(false)] out string? error)
    {
        header = null;
        error = null;
        var space = entry.IndexOf(' ');
        var action = space < 0 ? entry : entry[..space];
        var rest = space < 0 ? "" : entry[space..].Trim();
        var colon = rest.IndexOf(':');
        var (name, value) = colon < 0 ? ("", "") : (rest[..colon].Trim(), rest[(colon + 1)..].Trim());
        var isDate = action.EndsWith("Date", StringComparison.OrdinalIgnoreCase);
        TimeSpan? fromNow = null;
        if (action.ToLowerInvariant() is not ("add" or "set" or "adddate" or "setdate"))
            error = $"'{entry}' has no known action; {Form}";
        else if (name.Length == 0)
            error = $"'{entry}' has no header's name with a colon; {Form}";
        else if (!name.All(IsOfName))
            error = $"'{name}' is not a header's name; {Form}";
        else if (s_ours.Contains(name, StringComparer.OrdinalIgnoreCase))
            error = $"'{name}' is the server's own to write";
        else if (value.Any(c => char.IsControl(c) || c > 126))
            error = $"the value of '{name}' holds characters that a header cannot hold";
        else if (isDate && !TryReadDistance(value, out fromNow))
            error = $"the value of '{name}' is not a number of milliseconds from now, which {action} needs";
        if (error is not null)
            return false;
        header = new(name, isDate ? "" : value, action.StartsWith("set", StringComparison.OrdinalIgnoreCase), fromNow);
        return true;
    }

    private static bool TryReadDistance(string value, out TimeSpan? distance)
    {
        // A hundred years, so that no date overflows.
        const long MaxMilliseconds = 3_155_760_000_000;
        var isNumber = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && Math.Abs((double)milliseconds) <= MaxMilliseconds;
        distance = isNumber ? TimeSpan.FromMilliseconds(milliseconds) : null;
        return isNumber;
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    /// <summary>Splits at commas outside of quotes, which stand around whole entries; a doubled quote within is one.</summary>
    private static bool TrySplit(string text, out List<string> entries)
    {
        entries = [];
        for (var i = 0; i <= text.Length; i++)
        {
            while (i < text.Length && char.IsWhiteSpace(text[i]))
                i++;
            var quoted = i < text.Length && text[i] == '"';
            var entry = new StringBuilder();
            if (quoted)
            {
                for (i++; ; i++)
                {
                    if (i >= text.Length)
                        return false;
                    if (text[i] != '"')
                        entry.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"')
                        entry.Append(text[i++]);
                    else
                        break;
                }

                for (i++; i < text.Length && char.IsWhiteSpace(text[i]);)
                    i++;
                if (i < text.Length && text[i] != ',')
                    return false;
            }
            else
            {
                for (; i < text.Length && text[i] != ','; i++)
                    entry.Append(text[i]);
            }

            entries.Add(entry.ToString().Trim());
        }

        return true;
    }
}
