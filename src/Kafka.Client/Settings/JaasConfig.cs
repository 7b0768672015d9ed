using System.Text;

namespace Exports.Kafka.Client;

/// <summary>
/// The value of <c>sasl.jaas.config</c>: the class of a login module, a control flag, and options, ended by a semicolon:
/// <c>org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";</c>
/// </summary>
internal sealed class JaasConfig
{
    private static readonly string[] s_flags = ["required", "requisite", "sufficient", "optional"];

    private JaasConfig(string module, Dictionary<string, string> options)
    {
        Module = module;
        Options = options;
    }

    /// <summary>The simple name of the login module's class.</summary>
    public string Module { get; }

    /// <summary>The options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Parses the text.</summary>
    /// <exception cref="FormatException">It is not of that form. The message holds nothing of an option's value.</exception>
    public static JaasConfig Parse(string text)
    {
        var reader = new Reader(text);
        var module = reader.Word("the class of a login module");
        var flag = reader.Word("a control flag");
        if (!s_flags.Contains(flag, StringComparer.OrdinalIgnoreCase))
            throw new FormatException($"after the login module must stand one of {string.Join(", ", s_flags)}");
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!reader.Take(';'))
        {
            if (reader.AtEnd)
                throw new FormatException("it must end with a semicolon");
            var name = reader.Word("the name of an option");
            if (!reader.Take('='))
                throw new FormatException($"the option '{name}' has no '='");
            options[name] = reader.Value(name);
        }

        if (!reader.AtEnd)
            throw new FormatException("only one login module is allowed, and nothing may follow its semicolon");
        return new JaasConfig(module[(module.LastIndexOf('.') + 1)..], options);
    }

    private ref struct Reader(string text)
    {
        private int _at;

        public bool AtEnd
        {
            get
            {
                SkipSpace();
                return _at >= text.Length;
            }
        }

        public bool Take(char c)
        {
            if (AtEnd || text[_at] != c)
                return false;
            _at++;
            return true;
        }

        public string Word(string what)
        {
            if (AtEnd)
                throw new FormatException($"{what} is missing");
            var start = _at;
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not (';' or '=' or '"' or '\''))
                _at++;
            return _at > start ? text[start.._at] : throw new FormatException($"{what} is missing");
        }

        public string Value(string name)
        {
            if (AtEnd)
                throw new FormatException($"the option '{name}' has no value");
            var quote = text[_at];
            if (quote is not ('"' or '\''))
                return Word($"the value of the option '{name}'");
            var value = new StringBuilder();
            for (_at++; _at < text.Length; _at++)
            {
                var c = text[_at];
                if (c == quote)
                {
                    _at++;
                    return value.ToString();
                }

                if (c == '\\' && _at + 1 < text.Length)
                    value.Append(Escaped());
                else
                    value.Append(c);
            }

            throw new FormatException($"the value of the option '{name}' has no closing quote");
        }

        /// <summary>A backslash and what follows it: the letters that C knows, an octal number, or any other character.</summary>
        private char Escaped()
        {
            var c = text[++_at];
            if (c is >= '0' and <= '7')
            {
                var number = c - '0';
                var most = c <= '3' ? 3 : 2;
                for (var digits = 1; digits < most && _at + 1 < text.Length && text[_at + 1] is >= '0' and <= '7'; digits++)
                    number = number * 8 + (text[++_at] - '0');
                return (char)number;
            }

            return c switch
            {
                'a' => '\a',
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\v',
                _ => c,
            };
        }

        private void SkipSpace()
        {
            while (_at < text.Length)
            {
                if (char.IsWhiteSpace(text[_at]))
                    _at++;
                else if (text.AsSpan(_at).StartsWith("//"))
                    _at = EndOf("\n");
                else if (text.AsSpan(_at).StartsWith("/*"))
                    _at = EndOf("*/");
                else
                    return;
            }
        }

        private readonly int EndOf(string end)
        {
            var found = text.IndexOf(end, _at, StringComparison.Ordinal);
            return found < 0 ? text.Length : found + end.Length;
        }
    }
}
