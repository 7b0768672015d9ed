using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Sets the name or version of the schema of keys or values.</summary>
public abstract class SetSchemaMetadata : RecordPartTransform
{
    private const string SchemaName = "schema.name";
    private const string SchemaVersion = "schema.version";

    private readonly PerSchema<Schema> _schemas;
    private string? _name;
    private int? _version;
    private bool _replaceNull;

    private SetSchemaMetadata(RecordPart part)
        : base(part) => _schemas = new(schema => schema.With(_name ?? schema.Name, _version ?? schema.Version));

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(SchemaName, ConfigType.String, "The name to set; by default it stays as it is.")
        {
            Default = null,
            Importance = ConfigImportance.High,
        },
        new(SchemaVersion, ConfigType.Int, "The version to set; by default it stays as it is.")
        {
            Default = null,
            Importance = ConfigImportance.High,
        },
        ReplaceNullWithDefaultKey,
    ];

    private protected override IEnumerable<(string Key, string Message)> Check(ParsedConfig config)
        => config.Has(SchemaName) || config.Has(SchemaVersion)
            ? []
            : [(SchemaName, $"Neither schema name nor version configured: give {SchemaName}, {SchemaVersion} or both")];

    private protected override void Configure(ParsedConfig config)
    {
        _name = config.GetStringOrNull(SchemaName);
        _version = config.Has(SchemaVersion) ? config.GetInt(SchemaVersion) : null;
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private protected override ConnectValue Apply(ConnectValue value, ref SinkRecord record)
    {
        if (value.Schema is null)
            return value.IsNull ? value : throw new DataException("Schema required for [updating schema metadata]");

        var schema = _schemas.Of(value.Schema);
        return value.Kind switch
        {
            ConnectValueKind.Null => ConnectValue.NullOf(schema),
            ConnectValueKind.Bytes => ConnectValue.FromBytes(value.Bytes, schema),
            ConnectValueKind.Utf8 => ConnectValue.FromUtf8(value.Bytes, schema),
            _ => ConnectValue.From(value.Value is Struct fields ? Copy(fields, schema) : value.Value, schema),
        };
    }

    private Struct Copy(Struct fields, Schema schema)
    {
        var result = new Struct(schema);
        foreach (var field in schema.Fields)
            result[field] = fields.Get(field, _replaceNull);
        return result;
    }

    /// <summary>Works on keys.</summary>
    public sealed class Key() : SetSchemaMetadata(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : SetSchemaMetadata(RecordPart.Value);
}
