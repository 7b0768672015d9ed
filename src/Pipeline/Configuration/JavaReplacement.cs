using System.Text;
using System.Text.RegularExpressions;

namespace Exports.Pipeline;

/// <summary>
/// A replacement as Java's <c>Matcher.replaceFirst</c> reads it: <c>$1</c> and <c>${name}</c> stand for groups, a backslash takes the
/// next character as it is. Groups are counted from left to right, named ones among the others.
/// </summary>
internal sealed class JavaReplacement
{
    private readonly Regex _pattern;
    private readonly List<(string Text, bool IsGroup)> _parts = [];

    /// <summary>Takes pattern and replacement apart.</summary>
    /// <exception cref="ArgumentException">The pattern is malformed, or the replacement names a group that it does not have.</exception>
    public JavaReplacement(string pattern, string replacement)
    {
        _pattern = JavaRegex.Compile(pattern);
        Parse(replacement, GroupsOf(pattern));
    }

    /// <summary>The text with what first matches in it replaced; the text itself where nothing does.</summary>
    /// <exception cref="RegexMatchTimeoutException">It takes longer than a second.</exception>
    public string ReplaceFirst(string text)
    {
        var match = _pattern.Match(text);
        if (!match.Success)
            return text;
        var result = new StringBuilder(text, 0, match.Index, text.Length + 16);
        foreach (var (part, isGroup) in _parts)
            result.Append(isGroup ? match.Groups[part].Value : part);
        return result.Append(text, match.Index + match.Length, text.Length - match.Index - match.Length).ToString();
    }

    private void Parse(string replacement, List<string> groups)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < replacement.Length; i++)
        {
            if (replacement[i] == '\\')
            {
                if (++i == replacement.Length)
                    throw new ArgumentException("character to be escaped is missing");
                literal.Append(replacement[i]);
            }
            else if (replacement[i] == '$')
            {
                Flush(literal);
                _parts.Add((Group(replacement, ref i, groups), true));
            }
            else
            {
                literal.Append(replacement[i]);
            }
        }

        Flush(literal);
    }

    private void Flush(StringBuilder literal)
    {
        if (literal.Length > 0)
            _parts.Add((literal.ToString(), false));
        literal.Clear();
    }

    /// <summary>Reads what follows a dollar sign, and leaves <paramref name="at"/> at its end.</summary>
    /// <returns>The group's name or number in .NET.</returns>
    private static string Group(string replacement, ref int at, List<string> groups)
    {
        var rest = replacement.AsSpan(at + 1);
        if (rest is ['{', ..] && rest.IndexOf('}') is > 1 and var end)
        {
            var name = rest[1..end].ToString();
            if (!groups.Contains(name) || char.IsAsciiDigit(name[0]))
                throw new ArgumentException($"No group with name {{{name}}}");
            at += end + 1;
            return name;
        }

        if (rest is not [>= '0' and <= '9', ..])
            throw new ArgumentException("Illegal group reference: $ must be followed by a number or a name in braces, or stand as \\$");
        var number = 0;
        var digits = 0;
        // As many digits as there is a group for; the first one in any case.
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits]) && (digits == 0 || ((number * 10) + rest[digits] - '0') < groups.Count))
            number = (number * 10) + rest[digits++] - '0';
        at += digits;
        return number < groups.Count ? groups[number] : throw new ArgumentException($"No group {number}");
    }

    /// <summary>
    /// For each group of a valid Java pattern, in its order, what .NET calls it, which counts named groups behind all others; the
    /// whole match first.
    /// </summary>
    private static List<string> GroupsOf(string pattern)
    {
        List<string> groups = ["0"];
        var unnamed = 0;
        var classes = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 < pattern.Length && pattern[i + 1] == 'Q':
                    i = pattern.IndexOf("\\E", i, StringComparison.Ordinal) is >= 0 and var end ? end + 1 : pattern.Length;
                    break;
                case '\\':
                    i++;
                    break;
                case '[':
                    classes++;
                    break;
                case ']' when classes > 0:
                    classes--;
                    break;
                case '(' when classes == 0:
                    var rest = pattern.AsSpan(i + 1);
                    if (rest is not ['?', ..])
                        groups.Add($"{++unnamed}");
                    else if (rest is ['?', '<', not ('=' or '!'), ..])
                        groups.Add(rest[2..rest.IndexOf('>')].ToString());
                    break;
            }
        }

        return groups;
    }
}
