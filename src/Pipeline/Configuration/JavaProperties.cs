using System.Globalization;
using System.Text;

namespace Exports.Pipeline;

/// <summary>
/// Reads Java's <c>.properties</c> format: <c>key=value</c>, <c>key: value</c> or <c>key value</c>; comments after <c>#</c>
/// and <c>!</c>; lines that go on after a backslash; escapes <c>\t \n \r \f \uXXXX</c>. Where a key occurs twice, the later wins.
/// </summary>
public static class JavaProperties
{
    /// <summary>Parses the text of a properties file.</summary>
    /// <exception cref="FormatException">
    /// A <c>\u</c> escape lacks four hexadecimal digits; the message names the key's line.
    /// </exception>
    public static Dictionary<string, string> Parse(string text)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var logical = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].AsSpan().TrimStart(" \t\f");
            if (line.IsEmpty || line[0] is '#' or '!')
                continue;

            var first = i;
            logical.Clear();
            while (EndsWithContinuation(line))
            {
                logical.Append(line[..^1]);
                line = ++i < lines.Length ? lines[i].AsSpan().TrimStart(" \t\f") : [];
            }
            logical.Append(line);
            try
            {
                AddEntry(properties, logical.ToString());
            }
            catch (FormatException e)
            {
                throw new FormatException($"Line {first + 1}: {e.Message}", e);
            }
        }
        return properties;
    }

    /// <summary>Reads a properties file, as UTF-8.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="FormatException">A <c>\u</c> escape lacks four hexadecimal digits.</exception>
    public static Dictionary<string, string> Load(string path) => Parse(File.ReadAllText(path));

    private static bool EndsWithContinuation(ReadOnlySpan<char> line)
    {
        var backslashes = line.Length - line.TrimEnd('\\').Length;
        return backslashes % 2 == 1;
    }

    private static void AddEntry(Dictionary<string, string> properties, string line)
    {
        var keyEnd = 0;
        while (keyEnd < line.Length && line[keyEnd] is not ('=' or ':' or ' ' or '\t' or '\f'))
            keyEnd += line[keyEnd] == '\\' ? 2 : 1;
        keyEnd = Math.Min(keyEnd, line.Length);

        var valueStart = SkipBlanks(line, keyEnd);
        if (valueStart < line.Length && line[valueStart] is '=' or ':')
            valueStart = SkipBlanks(line, valueStart + 1);
        properties[Unescape(line.AsSpan(0, keyEnd))] = Unescape(line.AsSpan(valueStart));
    }

    private static int SkipBlanks(string line, int index)
    {
        while (index < line.Length && line[index] is ' ' or '\t' or '\f')
            index++;
        return index;
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
            return text.ToString();
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }
            if (++i == text.Length)
                break;
            if (text[i] == 'u')
            {
                result.Append(UnicodeEscape(text[(i + 1)..]));
                i += 4;
                continue;
            }
            result.Append(text[i] switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                'f' => '\f',
                var other => other,
            });
        }
        return result.ToString();
    }

    private static char UnicodeEscape(ReadOnlySpan<char> digits)
        => digits.Length >= 4
        && ushort.TryParse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? (char)code
            : throw new FormatException("Malformed \\uxxxx encoding.");
}
