using System.Text;

namespace Exports.Pipeline.Dates;

/// <summary>Reads the patterns of Java's <c>SimpleDateFormat</c>.</summary>
internal static class JavaDatePattern
{
    private const string Letters = "GyYMLwWDdFEuaHkKhmsSzZX";
    private const int MaxZoneLetters = 3;

    /// <summary>Cuts a pattern into its pieces.</summary>
    /// <exception cref="ArgumentException">A letter has no meaning, or a quotation mark is not closed.</exception>
    public static IReadOnlyList<JavaDateField> Parse(string pattern)
    {
        var fields = new List<JavaDateField>();
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var letter = pattern[i];
            if (letter == '\'')
            {
                i = ReadQuoted(pattern, i, text);
                continue;
            }
            if (!char.IsAsciiLetter(letter))
            {
                text.Append(letter);
                continue;
            }

            if (!Letters.Contains(letter, StringComparison.Ordinal))
                throw new ArgumentException($"Illegal pattern character '{letter}'");
            EndText();
            var count = 1;
            while (i + 1 < pattern.Length && pattern[i + 1] == letter)
                (i, count) = (i + 1, count + 1);
            if (letter == 'X' && count > MaxZoneLetters)
                throw new ArgumentException($"invalid ISO 8601 format: length={count}");
            fields.Add(new(letter, count, ""));
        }

        EndText();
        return fields;

        void EndText()
        {
            if (text.Length > 0)
                fields.Add(new('\0', 0, text.ToString()));
            text.Clear();
        }
    }

    /// <summary>Reads what stands between quotation marks, two of which are one. Returns the position of the closing one.</summary>
    private static int ReadQuoted(string pattern, int start, StringBuilder text)
    {
        if (start + 1 < pattern.Length && pattern[start + 1] == '\'')
        {
            text.Append('\'');
            return start + 1;
        }
        for (var i = start + 1; i < pattern.Length; i++)
        {
            if (pattern[i] != '\'')
            {
                text.Append(pattern[i]);
            }
            else if (i + 1 < pattern.Length && pattern[i + 1] == '\'')
            {
                text.Append('\'');
                i++;
            }
            else
            {
                return i;
            }
        }

        throw new ArgumentException("Unterminated quote");
    }
}
