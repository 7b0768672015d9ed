using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>
/// Makes one level of nested structs or maps: a field's new name is made of the names on the way to it. Arrays stay as they are.
/// </summary>
public abstract class Flatten : FieldsTransform
{
    private const string Delimiter = "delimiter";

    private readonly PerSchema<Layout> _layouts;
    private string _delimiter = ".";

    private Flatten(RecordPart part)
        : base(part, "flattening") => _layouts = new(Arrange);

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(Delimiter, ConfigType.String, "What stands between the names of which a new one is made.") { Default = "." },
    ];

    private protected override void Configure(ParsedConfig config) => _delimiter = config.GetString(Delimiter);

    private protected override IReadOnlyDictionary<string, object?> Apply(
        IReadOnlyDictionary<string, object?> value, ref SinkRecord record)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        Add(value, prefix: "", result);
        return result;
    }

    private protected override Struct Apply(Struct value, ref SinkRecord record)
    {
        var (schema, sources) = _layouts.Of(value.Schema);
        var result = new Struct(schema);
        for (var i = 0; i < sources.Length; i++)
            result[schema.Fields[i]] = Read(value, sources[i]);
        return result;
    }

    private static object? Read(Struct value, Field[] path)
    {
        object? data = value;
        foreach (var field in path)
            data = (data as Struct)?.Get(field, replaceNull: true);
        return data;
    }

    private void Add(IReadOnlyDictionary<string, object?> value, string prefix, Dictionary<string, object?> result)
    {
        foreach (var (key, data) in value)
        {
            var name = prefix + key;
            if (data is IReadOnlyDictionary<string, object?> nested)
                Add(nested, name + _delimiter, result);
            else if (data is Struct)
                throw NotSupported(nameof(Struct), "without", name);
            else
                result[name] = data;
        }
    }

    private Layout Arrange(Schema schema)
    {
        List<(string Name, Schema Schema)> fields = [];
        List<Field[]> sources = [];
        AddFields(schema, prefix: "", path: [], schema.IsOptional, schema.DefaultValue as Struct);
        return new(schema.WithFields(fields), [.. sources]);

        // What is in an optional struct is optional, and a struct's default gives those of its fields that have none.
        void AddFields(Schema parent, string prefix, Field[] path, bool isOptional, Struct? parentDefault)
        {
            foreach (var field in parent.Fields)
            {
                var name = prefix + field.Name;
                var optional = isOptional || field.Schema.IsOptional;
                var defaultValue = field.Schema.DefaultValue ?? parentDefault?[field];
                switch (field.Schema.Type)
                {
                    case SchemaType.Struct:
                        AddFields(field.Schema, name + _delimiter, [.. path, field], optional, defaultValue as Struct);
                        break;
                    case SchemaType.Map:
                        throw NotSupported("MAP", "with", name);
                    default:
                        fields.Add((name, field.Schema.With(optional, defaultValue)));
                        sources.Add([.. path, field]);
                        break;
                }
            }
        }
    }

    private static DataException NotSupported(string type, string with, string field) => new(
        $"Flatten transformation does not support {type} for record {with} schemas (for field {field}).");

    /// <summary>Works on keys.</summary>
    public sealed class Key() : Flatten(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : Flatten(RecordPart.Value);

    /// <summary>The schema of the result, and for each of its fields the way to the one that its value comes from.</summary>
    private sealed record Layout(Schema Schema, Field[][] Sources);
}
