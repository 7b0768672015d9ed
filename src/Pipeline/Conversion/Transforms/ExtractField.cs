using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Puts the value of one field in the place of the key or value that it is in.</summary>
public abstract class ExtractField : RecordPartTransform
{
    private const string FieldKey = "field";
    private const string Purpose = "field extraction";

    private FieldPath _path = null!;
    private bool _replaceNull;

    private ExtractField(RecordPart part)
        : base(part)
    {
    }

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(FieldKey, ConfigType.String, "The field to extract, by its name or, with field.syntax.version=V2, by its path."),
        FieldPath.SyntaxVersionKey,
        ReplaceNullWithDefaultKey,
    ];

    private protected override IEnumerable<(string Key, string Message)> Check(ParsedConfig config)
        => FieldPath.Check(config.GetString(FieldKey), config) is { } error ? [(FieldKey, error)] : [];

    private protected override void Configure(ParsedConfig config)
    {
        _path = FieldPath.Parse(config.GetString(FieldKey), config);
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private protected override ConnectValue Apply(ConnectValue value, ref SinkRecord record)
    {
        if (value.Schema is null)
            return value.IsNull ? value : ConnectValue.From(_path.ValueOf(Require.Map(value.Value, Purpose)));

        var fields = value.IsNull ? null : Require.Struct(value.Value, Purpose);
        var field = _path.FieldOf(value.Schema) ?? throw new DataException($"Unknown field: {_path}");
        return ConnectValue.From(_path.ValueOf(fields, _replaceNull), field.Schema);
    }

    /// <summary>Works on keys.</summary>
    public sealed class Key() : ExtractField(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : ExtractField(RecordPart.Value);
}
