using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Exports.Pipeline;

/// <summary>Writes a Java regular expression as a .NET one with the same meaning, or says what has none.</summary>
internal sealed class JavaRegexTranslator
{
    private const string HorizontalSpace = @" \t\xA0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000";
    private const string VerticalSpace = @"\n\x0B\f\r\x85\u2028\u2029";
    private const string Blank = @" \t\n\x0B\f\r";

    private static readonly string[] s_groupKinds = ["<=", "<!", "=", "!", ":", ">"];

    // The content of a .NET character class for each POSIX class of Java; ASCII only, as there.
    private static readonly Dictionary<string, string> s_posix = new(StringComparer.Ordinal)
    {
        ["Lower"] = "a-z",
        ["Upper"] = "A-Z",
        ["ASCII"] = @"\x00-\x7F",
        ["Alpha"] = "a-zA-Z",
        ["Digit"] = "0-9",
        ["Alnum"] = "a-zA-Z0-9",
        ["Punct"] = @"!-/:-@\[-`{-~",
        ["Graph"] = "!-~",
        ["Print"] = @"\x20-~",
        ["Blank"] = @" \t",
        ["Cntrl"] = @"\x00-\x1F\x7F",
        ["XDigit"] = "0-9a-fA-F",
        ["Space"] = Blank,
    };

    private readonly string _pattern;
    private readonly StringBuilder _output;
    private int _position;
    private bool _hasNamedGroups;
    private bool _hasNumberedReferences;

    private JavaRegexTranslator(string pattern)
    {
        _pattern = pattern;
        _output = new(pattern.Length + 16);
    }

    private bool AtEnd => _position >= _pattern.Length;

    /// <summary>Translates a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is malformed, or uses what has no equivalent in .NET.</exception>
    public static string Translate(string pattern)
    {
        var translator = new JavaRegexTranslator(pattern);
        translator.Sequence(depth: 0);
        if (!translator.AtEnd)
            throw translator.Error("Unmatched closing ')'");
        if (translator._hasNamedGroups && translator._hasNumberedReferences)
        {
            throw new ArgumentException(
                "Named groups together with references by number are not supported; refer to groups by name.");
        }
        return translator._output.ToString();
    }

    private void Sequence(int depth)
    {
        if (depth > 200)
            throw new ArgumentException("The groups are nested too deeply.");
        while (!AtEnd && _pattern[_position] != ')')
        {
            var start = _output.Length;
            var c = _pattern[_position++];
            switch (c)
            {
                case '|' or '^' or '$':
                    _output.Append(c);
                    continue;
                case '(':
                    if (!Group(depth))
                        continue;
                    break;
                case '[':
                    _output.Append(Class(depth));
                    break;
                case '\\':
                    if (!Escape())
                        continue;
                    break;
                case '*' or '+' or '?':
                    throw Error($"Dangling meta character '{c}'");
                case '{':
                    throw Error("Illegal repetition");
                case '.':
                    _output.Append(c);
                    break;
                default:
                    _output.Append(Literal(c));
                    break;
            }
            Quantifier(start);
        }
    }

    /// <summary>After "(": false for flags without a group, which cannot be repeated.</summary>
    private bool Group(int depth)
    {
        _output.Append('(');
        if (Take("?"))
        {
            _output.Append('?');
            if (s_groupKinds.FirstOrDefault(Take) is { } kind)
            {
                _output.Append(kind);
            }
            else if (Take("<"))
            {
                _hasNamedGroups = true;
                _output.Append('<').Append(GroupName()).Append('>');
            }
            else if (!Flags())
            {
                _output.Append(')');
                return false;
            }
        }
        Sequence(depth + 1);
        if (!Take(")"))
            throw Error("Unclosed group");
        _output.Append(')');
        return true;
    }

    /// <summary>After "(?": true when a group follows the flags.</summary>
    private bool Flags()
    {
        while (!AtEnd)
        {
            var c = _pattern[_position++];
            switch (c)
            {
                case 'i' or 'm' or 's' or '-':
                    _output.Append(c);
                    break;
                case 'u':
                    break; // .NET ignores case for all of Unicode anyway.
                case 'd' or 'x' or 'U':
                    throw Error($"The flag ({c}) is not supported");
                case ')':
                    return false;
                case ':':
                    _output.Append(':');
                    return true;
                default:
                    throw Error($"Unknown inline modifier '{c}'");
            }
        }
        throw Error("Unclosed group");
    }

    private string GroupName()
    {
        var start = _position;
        while (!AtEnd && char.IsAsciiLetterOrDigit(_pattern[_position]))
            _position++;
        var name = _pattern[start.._position];
        return name.Length > 0 && char.IsAsciiLetter(name[0]) && Take(">")
            ? name
            : throw Error("A group's name has letters and digits, and begins with a letter");
    }

    private void Quantifier(int atomStart)
    {
        if (AtEnd)
            return;
        var start = _position;
        if (_pattern[_position] is '*' or '+' or '?')
            _position++;
        else if (_pattern[_position] == '{')
            Repetition();
        else
            return;
        var quantifier = _pattern[start.._position];
        if (Take("+"))
        {
            _output.Insert(atomStart, "(?>").Append(quantifier).Append(')');
            return;
        }
        _output.Append(quantifier);
        if (Take("?"))
            _output.Append('?');
    }

    private void Repetition()
    {
        var end = _pattern.IndexOf('}', _position);
        var bounds = end < 0 ? [] : _pattern[(_position + 1)..end].Split(',');
        if (bounds.Length is not (1 or 2)
            || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out var min)
            || (bounds.Length == 2 && bounds[1].Length > 0
                && (!int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out var max) || max < min)))
        {
            throw Error("Illegal repetition");
        }
        _position = end + 1;
    }

    /// <summary>After a backslash outside a class: false for what cannot be repeated as a whole (a quotation).</summary>
    private bool Escape()
    {
        if (AtEnd)
            throw Error("Unexpected end after a backslash");
        var c = _pattern[_position];
        switch (c)
        {
            case 'Q':
                _position++;
                Quotation();
                return false;
            case 'R':
                _position++;
                _output.Append($@"(?:\r\n|[{VerticalSpace}])");
                return true;
            case 'b' when _pattern.AsSpan(_position + 1).StartsWith("{", StringComparison.Ordinal):
                throw Error(@"\b{g} is not supported");
            case 'b' or 'B' or 'A' or 'Z' or 'z' or 'G':
                _position++;
                _output.Append('\\').Append(c);
                return true;
            case 'k':
                _position++;
                if (!Take("<"))
                    throw Error(@"\k is not followed by '<' for a group's name");
                _output.Append(@"\k<").Append(GroupName()).Append('>');
                return true;
            case >= '1' and <= '9':
                _position++;
                _hasNumberedReferences = true;
                // Non-capturing parentheses keep a digit that follows from joining the number.
                _output.Append($@"(?:\{c})");
                return true;
            default:
                var (content, negated) = ClassEscape();
                _output.Append(negated || IsSet(content) ? $"[{(negated ? "^" : "")}{content}]" : content);
                return true;
        }
    }

    private void Quotation()
    {
        var end = _pattern.IndexOf(@"\E", _position, StringComparison.Ordinal);
        var text = end < 0 ? _pattern[_position..] : _pattern[_position..end];
        _position = end < 0 ? _pattern.Length : end + 2;
        for (var i = 0; i < text.Length; i++)
        {
            var start = _output.Length;
            _output.Append(Regex.Escape(text[i].ToString()));
            if (i == text.Length - 1)
                Quantifier(start);
        }
    }

    /// <summary>
    /// After a backslash, inside a class or outside: the content of a .NET class, and whether it means everything else.
    /// </summary>
    private (string Content, bool Negated) ClassEscape()
    {
        if (AtEnd)
            throw Error("Unexpected end after a backslash");
        var c = _pattern[_position++];
        return c switch
        {
            'd' or 'D' => ("0-9", c == 'D'),
            'w' or 'W' => ("a-zA-Z_0-9", c == 'W'),
            's' or 'S' => (Blank, c == 'S'),
            'h' or 'H' => (HorizontalSpace, c == 'H'),
            'v' or 'V' => (VerticalSpace, c == 'V'),
            'p' or 'P' => Property(negated: c == 'P'),
            't' or 'n' or 'r' or 'f' or 'a' or 'e' => ($@"\{c}", false),
            '0' => (CodeUnit(Digits(8, 3, 377)), false),
            'x' => (Hexadecimal(), false),
            'u' => (CodeUnit(Digits(16, 4)), false),
            'c' when !AtEnd => (CodeUnit(_pattern[_position++] ^ 64), false),
            _ when char.IsAsciiLetter(c) => throw Error($@"The escape \{c} is not supported"),
            _ => (Literal(c), false),
        };
    }

    private (string Content, bool Negated) Property(bool negated)
    {
        string name;
        if (Take("{"))
        {
            var end = _pattern.IndexOf('}', _position);
            if (end < 0)
                throw Error("Unclosed character family");
            name = _pattern[_position..end];
            _position = end + 1;
        }
        else
        {
            name = AtEnd ? "" : _pattern[_position++].ToString();
        }

        if (s_posix.TryGetValue(name, out var content))
            return (content, negated);
        var category = name.StartsWith("Is", StringComparison.Ordinal) ? name[2..] : name;
        if (category.Length is 1 or 2 && "LMNPSZC".Contains(category[0]) && category is not "LC")
            return ($@"\{(negated ? 'P' : 'p')}{{{category}}}", false);
        throw Error($@"\p{{{name}}} is not supported; write the characters as a class, such as [a-z]");
    }

    /// <summary>After "[": a .NET character class.</summary>
    private string Class(int depth)
    {
        if (depth > 200)
            throw new ArgumentException("The character classes are nested too deeply.");
        var negated = Take("^");
        var content = new StringBuilder();
        do
        {
            if (AtEnd)
                throw Error("Unclosed character class");
            if (content.Length > 0 && Take("&&"))
            {
                content.Append("-[").Append(Excluded(depth)).Append(']');
                if (negated)
                    throw Error("&& is not supported in a negated character class");
                break;
            }
            if (Take("["))
                content.Append(Content(Class(depth + 1)));
            else
                Item(content);
        }
        while (!Take("]"));
        return $"[{(negated ? "^" : "")}{content}]";
    }

    /// <summary>
    /// After "&amp;&amp;" in a class, to the class's end: what a .NET class takes away, which is all that it can do.
    /// </summary>
    private string Excluded(int depth)
    {
        if (Take("[^"))
        {
            var content = Content(Class(depth + 1));
            if (Take("]"))
                return content;
        }
        throw Error("In character classes, && is supported only as a last part &&[^…]");
    }

    private string Content(string characterClass)
        => characterClass.StartsWith("[^", StringComparison.Ordinal) || characterClass.Contains("-[", StringComparison.Ordinal)
            ? throw Error("A class inside a class is supported only where it is plain: not negated and without &&")
            : characterClass[1..^1];

    /// <summary>A character, a range or an escape inside a class.</summary>
    private void Item(StringBuilder content)
    {
        var low = Character();
        content.Append(low);
        // A minus before the end, before a nested class or before an intersection stands for itself.
        if (IsSet(low) || AtEnd || _pattern[_position] != '-')
            return;
        var next = _pattern.AsSpan(_position + 1);
        if (next.IsEmpty || next[0] is ']' or '[' || next.StartsWith("&&", StringComparison.Ordinal))
            return;
        _position++;
        var high = Character();
        if (IsSet(high))
            throw Error("A range in a character class ends with a single character");
        content.Append('-').Append(high);
    }

    private string Character()
    {
        var c = _pattern[_position++];
        if (c != '\\')
            return Literal(c);
        if (_pattern.AsSpan(_position).StartsWith("Q", StringComparison.Ordinal))
            throw Error(@"\Q…\E inside a character class is not supported");
        var (content, negated) = ClassEscape();
        if (!negated)
            return content;
        return content switch
        {
            "0-9" => @"\x00-/:-\uFFFF",
            "a-zA-Z_0-9" => @"\x00-/:-@\[-\^`{-\uFFFF",
            Blank => @"\x00-\x08\x0E-\x1F!-\uFFFF",
            _ => throw Error("This negated escape inside a character class is not supported"),
        };
    }

    // A single character is itself, or something like \n or \u002D; everything else is a set, and no end of a range.
    private static bool IsSet(string content)
        => content.Length > 1 && !(content[0] == '\\' && (content.Length == 2 || (content.Length == 6 && content[1] == 'u')));

    // Written as a code wherever .NET might read more into it, in a class or outside.
    private static string Literal(char c) => c < 128 && !char.IsAsciiLetterOrDigit(c) && c != '_' ? CodeUnit(c) : c.ToString();

    private static string CodeUnit(int value)
        => value <= 0xFFFF ? $@"\u{value:X4}" : throw new ArgumentException("Characters beyond U+FFFF are not supported.");

    private string Hexadecimal()
    {
        if (!Take("{"))
            return CodeUnit(Digits(16, 2));
        var end = _pattern.IndexOf('}', _position);
        var digits = end < 0 ? [] : _pattern.AsSpan(_position, end - _position);
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw Error("Illegal hexadecimal escape sequence");
        _position = end + 1;
        return CodeUnit(value);
    }

    private int Digits(int radix, int count, int octalLimit = 0)
    {
        var start = _position;
        while (!AtEnd && _position - start < count && IsDigit(_pattern[_position], radix))
            _position++;
        var text = _pattern[start.._position];
        if (radix == 16)
        {
            return text.Length == count
                ? int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : throw Error("Illegal hexadecimal escape sequence");
        }
        if (text.Length == 0)
            throw Error("Illegal octal escape sequence");
        if (int.Parse(text, CultureInfo.InvariantCulture) > octalLimit)
        {
            text = text[..^1];
            _position--;
        }
        return System.Convert.ToInt32(text, 8);
    }

    private static bool IsDigit(char c, int radix) => radix == 16 ? char.IsAsciiHexDigit(c) : c is >= '0' and <= '7';

    private bool Take(string text)
    {
        if (!_pattern.AsSpan(_position).StartsWith(text, StringComparison.Ordinal))
            return false;
        _position += text.Length;
        return true;
    }

    private ArgumentException Error(string message) => new($"{message} near index {Math.Min(_position, _pattern.Length)}");
}
