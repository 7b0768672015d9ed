using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Says where in structured data a field is: its name, before it the names of the fields that it is in.</summary>
internal sealed class FieldPath
{
    private const string SyntaxVersion = "field.syntax.version";
    private const string Purpose = "nested field access";

    private readonly string[] _parents;
    private readonly string _name;
    private readonly string _text;

    private FieldPath(string text, List<string> steps)
    {
        _text = text;
        _parents = [.. steps[..^1]];
        _name = steps[^1];
    }

    /// <summary>The key by which a configuration chooses the syntax.</summary>
    public static ConfigKey SyntaxVersionKey { get; } = new(
        SyntaxVersion, ConfigType.String,
        "How fields are named. V1: by the name of a field at the top. V2: by a path, with a dot before each field of nested data; "
        + "a name with dots in it stands between back-ticks, as in `foo.bar`.baz.")
    {
        Default = nameof(FieldSyntaxVersion.V1),
        Importance = ConfigImportance.High,
        Check = ConfigChecks.OneOfIgnoringCase(nameof(FieldSyntaxVersion.V1), nameof(FieldSyntaxVersion.V2)),
    };

    /// <summary>The names on the way, that of the field itself last.</summary>
    public IReadOnlyList<string> Steps => [.. _parents, _name];

    /// <summary>What is wrong with the text of a path; null when nothing is.</summary>
    public static string? Check(string text, ParsedConfig config)
    {
        try
        {
            Parse(text, config);
            return null;
        }
        catch (ConfigException e)
        {
            return e.Message;
        }
    }

    /// <summary>Reads a path in the syntax that the configuration chooses by <see cref="SyntaxVersionKey"/>.</summary>
    /// <exception cref="ConfigException">A back-tick is not closed.</exception>
    public static FieldPath Parse(string text, ParsedConfig config)
        => Parse(text, Enum.Parse<FieldSyntaxVersion>(config.GetString(SyntaxVersion), ignoreCase: true));

    /// <summary>Reads a path.</summary>
    /// <exception cref="ConfigException">A back-tick is not closed.</exception>
    public static FieldPath Parse(string text, FieldSyntaxVersion version)
        => new(text, version == FieldSyntaxVersion.V1 ? [text] : Split(text));

    /// <summary>The field of a schema that the path leads to; null when it leads nowhere.</summary>
    public Field? FieldOf(Schema schema)
    {
        foreach (var parent in _parents)
        {
            if (schema.Field(parent) is not { } field)
                return null;
            schema = field.Schema;
        }
        return schema.Field(_name);
    }

    /// <summary>The value that the path leads to; null when it leads nowhere.</summary>
    /// <param name="value">A struct, or null.</param>
    /// <param name="replaceNull">
    /// Whether the default of its schema stands in for a value that is null. On the way to it, defaults always do.
    /// </param>
    /// <exception cref="DataException">What is on the way is not a struct.</exception>
    public object? ValueOf(Struct? value, bool replaceNull)
    {
        foreach (var parent in _parents)
        {
            if (value?.Schema.Field(parent) is not { } field || value.Get(field, replaceNull: true) is not { } nested)
                return null;
            value = Require.Struct(nested, Purpose);
        }
        return value?.Schema.Field(_name) is { } last ? value.Get(last, replaceNull) : null;
    }

    /// <summary>The value that the path leads to; null when it leads nowhere.</summary>
    /// <exception cref="DataException">What is on the way is not a map.</exception>
    public object? ValueOf(IReadOnlyDictionary<string, object?> value)
    {
        foreach (var parent in _parents)
        {
            if (value.GetValueOrDefault(parent) is not { } nested)
                return null;
            value = Require.Map(nested, Purpose);
        }
        return value.GetValueOrDefault(_name);
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static List<string> Split(string path)
    {
        List<string> steps = [];
        var at = 0;
        while (true)
        {
            if (at < path.Length && path[at] == '`')
            {
                steps.Add(ReadQuoted(path, ref at));
            }
            else
            {
                var dot = path.IndexOf('.', at);
                var end = dot < 0 ? path.Length : dot;
                steps.Add(path[at..end]);
                at = end;
            }

            if (at == path.Length)
                return steps;
            at++; // the dot
        }
    }

    /// <summary>
    /// Reads a name between back-ticks. Only a back-tick before a dot or at the end closes it, and not behind a backslash, which
    /// makes it a part of the name.
    /// </summary>
    private static string ReadQuoted(string path, ref int at)
    {
        var opening = at;
        var name = new StringBuilder();
        for (at++; at < path.Length; at++)
        {
            var isLast = at + 1 == path.Length;
            if (path[at] != '`' || (!isLast && path[at + 1] != '.'))
            {
                name.Append(path[at]);
            }
            else if (path[at - 1] != '\\')
            {
                at++;
                return name.ToString();
            }
            else if (!isLast)
            {
                name[^1] = '`';
            }
        }
        throw new ConfigException($"Incomplete backtick pair in path: [{path}], consider adding a backslash before backtick " +
            $"at position {opening} to escape it");
    }
}
