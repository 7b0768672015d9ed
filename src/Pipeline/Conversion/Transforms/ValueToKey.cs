using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Makes a key of fields of the value.</summary>
public sealed class ValueToKey : BuiltInTransform
{
    private const string Fields = "fields";
    private const string Purpose = "copying fields from value to key";

    private readonly PerSchema<Layout> _layouts;
    private IReadOnlyList<string> _fields = [];
    private bool _replaceNull;

    /// <summary>Makes a transform, to be configured before use.</summary>
    public ValueToKey() => _layouts = new(Arrange);

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(Fields, ConfigType.List, "The fields of the value that the key is made of.")
        {
            Importance = ConfigImportance.High,
            Check = TransformChecks.NonEmptyList,
        },
        ReplaceNullWithDefaultKey,
    ];

    /// <inheritdoc/>
    public override bool Apply(ref SinkRecord record)
    {
        var key = record.Value.Schema is null
            ? KeyOf(Require.Map(record.Value.Value, Purpose))
            : KeyOf(Require.Struct(record.Value.Value, Purpose));
        record = record with { Key = key };
        return true;
    }

    private protected override void Configure(ParsedConfig config)
    {
        _fields = config.GetList(Fields);
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private ConnectValue KeyOf(IReadOnlyDictionary<string, object?> value)
    {
        var key = new Dictionary<string, object?>(_fields.Count, StringComparer.Ordinal);
        foreach (var field in _fields)
            key[field] = value.GetValueOrDefault(field);
        return ConnectValue.From(key);
    }

    private ConnectValue KeyOf(Struct value)
    {
        var (schema, sources) = _layouts.Of(value.Schema);
        var key = new Struct(schema);
        for (var i = 0; i < sources.Length; i++)
            key[schema.Fields[i]] = value.Get(sources[i], _replaceNull);
        return ConnectValue.From(key, schema);
    }

    private Layout Arrange(Schema schema)
    {
        Field[] sources =
            [.. _fields.Select(name => schema.Field(name) ?? throw new DataException($"Field does not exist: {name}"))];
        return new(SchemaCopies.StructOf(sources.Select(field => (field.Name, field.Schema))), sources);
    }

    /// <summary>The schema of the key, and for each of its fields the one of the value that it comes from.</summary>
    private sealed record Layout(Schema Schema, Field[] Sources);
}
