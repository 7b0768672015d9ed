using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Copies or moves fields of a key or value into headers.</summary>
public abstract class HeaderFrom : RecordPartTransform
{
    private const string FieldsKey = "fields";
    private const string HeadersKey = "headers";
    private const string OperationKey = "operation";
    private const string Move = "move";
    private const string Copy = "copy";

    private readonly PerSchema<Layout> _layouts;
    private IReadOnlyList<string> _fields = [];
    private IReadOnlyList<string> _headers = [];
    private string _operation = "";
    private bool _replaceNull;

    private HeaderFrom(RecordPart part)
        : base(part) => _layouts = new(Arrange);

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        Names(FieldsKey, "The fields to copy or move."),
        Names(HeadersKey, "The headers that they become, in the same order."),
        new(OperationKey, ConfigType.String, "Whether the fields stay (copy) or go (move).")
        {
            Importance = ConfigImportance.High,
            Check = ConfigChecks.OneOf(Move, Copy),
        },
        ReplaceNullWithDefaultKey,
    ];

    private protected override IEnumerable<(string Key, string Message)> Check(ParsedConfig config)
    {
        if (config.GetList(FieldsKey).Count != config.GetList(HeadersKey).Count)
            yield return (HeadersKey, $"'{FieldsKey}' config must have the same number of elements as '{HeadersKey}' config.");
    }

    private protected override void Configure(ParsedConfig config)
    {
        (_fields, _headers) = (config.GetList(FieldsKey), config.GetList(HeadersKey));
        _operation = config.GetString(OperationKey);
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private protected override ConnectValue Apply(ConnectValue value, ref SinkRecord record)
    {
        var headers = new List<Header>(record.Headers.Count + _fields.Count);
        headers.AddRange(record.Headers);
        var result = value.Schema is null
            ? Apply(Require.Map(value.Value, $"header {_operation}"), value, headers)
            : Apply(Require.Struct(value.Value, $"header {_operation}"), value, headers);
        record = record with { Headers = headers };
        return result;
    }

    private ConnectValue Apply(IReadOnlyDictionary<string, object?> map, ConnectValue value, List<Header> headers)
    {
        for (var i = 0; i < _fields.Count; i++)
            headers.Add(new(_headers[i], ConnectValue.From(map.GetValueOrDefault(_fields[i]))));
        if (_operation == Copy)
            return value;
        return ConnectValue.From(map.Where(entry => !_fields.Contains(entry.Key)).ToDictionary(StringComparer.Ordinal));
    }

    private ConnectValue Apply(Struct fields, ConnectValue value, List<Header> headers)
    {
        var (moved, kept, schema) = _layouts.Of(fields.Schema);
        for (var i = 0; i < moved.Length; i++)
            headers.Add(new(_headers[i], ConnectValue.From(fields.Get(moved[i], _replaceNull), moved[i].Schema)));
        if (_operation == Copy)
            return value;
        var rest = new Struct(schema);
        for (var i = 0; i < kept.Length; i++)
            rest[schema.Fields[i]] = fields.Get(kept[i], _replaceNull);
        return ConnectValue.From(rest, schema);
    }

    private Layout Arrange(Schema schema)
    {
        Field[] moved =
            [.. _fields.Select(name => schema.Field(name) ?? throw new DataException($"Field does not exist: {name}"))];
        Field[] kept = [.. schema.Fields.Where(field => !_fields.Contains(field.Name))];
        return new(moved, kept, schema.WithFields(kept.Select(field => (field.Name, field.Schema))));
    }

    private static ConfigKey Names(string key, string documentation) => new(key, ConfigType.List, documentation)
    {
        Importance = ConfigImportance.High,
        Check = TransformChecks.NonEmptyList,
    };

    /// <summary>Works on keys.</summary>
    public sealed class Key() : HeaderFrom(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : HeaderFrom(RecordPart.Value);

    /// <summary>The fields that become headers, those that stay when they are moved, and the schema of what is left.</summary>
    private sealed record Layout(Field[] Moved, Field[] Kept, Schema Rest);
}
