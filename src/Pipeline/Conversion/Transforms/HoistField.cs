using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Makes a key or value the one field of a new struct or map.</summary>
public abstract class HoistField : RecordPartTransform
{
    private const string FieldKey = "field";

    private readonly PerSchema<Schema> _schemas;
    private string _field = "";

    private HoistField(RecordPart part)
        : base(part) => _schemas = new(schema => SchemaCopies.StructOf([(_field, schema)]));

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
        [new(FieldKey, ConfigType.String, "The field that the data becomes, in a new struct or map.")];

    private protected override void Configure(ParsedConfig config) => _field = config.GetString(FieldKey);

    private protected override ConnectValue Apply(ConnectValue value, ref SinkRecord record)
    {
        if (value.Schema is null)
            return ConnectValue.From(new Dictionary<string, object?>(StringComparer.Ordinal) { [_field] = value.Value });
        var schema = _schemas.Of(value.Schema);
        return ConnectValue.From(new Struct(schema) { [schema.Fields[0]] = value.Value }, schema);
    }

    /// <summary>Works on keys.</summary>
    public sealed class Key() : HoistField(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : HoistField(RecordPart.Value);
}
