using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Leaves out fields of a key or value, or gives them other names.</summary>
public abstract class ReplaceField : FieldsTransform
{
    private const string Exclude = "exclude";
    private const string Include = "include";
    private const string Renames = "renames";

    private readonly PerSchema<Layout> _layouts;
    private HashSet<string> _exclude = [];
    private HashSet<string> _include = [];
    private Dictionary<string, string> _renames = [];
    private bool _replaceNull;

    private ReplaceField(RecordPart part)
        : base(part, "field replacement") => _layouts = new(Arrange);

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(Exclude, ConfigType.List, "The fields to leave out. Wins over include.") { Default = "" },
        new(Include, ConfigType.List, "The fields to keep; by default all.") { Default = "" },
        new(Renames, ConfigType.List, "Old and new names of fields: foo:bar,abc:xyz.")
        {
            Default = "",
            Check = value => (value as IReadOnlyList<string>)?.FirstOrDefault(pair => Rename(pair) is null) is { } wrong
                ? $"Invalid rename mapping: {wrong}"
                : null,
        },
        ReplaceNullWithDefaultKey,
    ];

    private protected override void Configure(ParsedConfig config)
    {
        _exclude = new(config.GetList(Exclude), StringComparer.Ordinal);
        _include = new(config.GetList(Include), StringComparer.Ordinal);
        _renames = new(StringComparer.Ordinal);
        foreach (var pair in config.GetList(Renames))
        {
            var (from, to) = Rename(pair)!.Value;
            _renames[from] = to;
        }
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private protected override IReadOnlyDictionary<string, object?> Apply(
        IReadOnlyDictionary<string, object?> value, ref SinkRecord record)
    {
        var result = new Dictionary<string, object?>(value.Count, StringComparer.Ordinal);
        foreach (var (name, data) in value)
        {
            if (IsKept(name))
                result[NewName(name)] = data;
        }
        return result;
    }

    private protected override Struct Apply(Struct value, ref SinkRecord record)
    {
        var (schema, sources) = _layouts.Of(value.Schema);
        var result = new Struct(schema);
        for (var i = 0; i < sources.Length; i++)
            result[schema.Fields[i]] = value.Get(sources[i], _replaceNull);
        return result;
    }

    private static (string From, string To)? Rename(string pair)
        => pair.TrimEnd(':').Split(':') is [var from, var to] ? (from, to) : null;

    private bool IsKept(string name) => !_exclude.Contains(name) && (_include.Count == 0 || _include.Contains(name));

    private string NewName(string name) => _renames.GetValueOrDefault(name, name);

    private Layout Arrange(Schema schema)
    {
        Field[] kept = [.. schema.Fields.Where(field => IsKept(field.Name))];
        return new(schema.WithFields(kept.Select(field => (NewName(field.Name), field.Schema))), kept);
    }

    /// <summary>Works on keys.</summary>
    public sealed class Key() : ReplaceField(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : ReplaceField(RecordPart.Value);

    /// <summary>The schema of the result, and for each of its fields the one that its value comes from.</summary>
    private sealed record Layout(Schema Schema, Field[] Sources);
}
