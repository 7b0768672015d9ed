using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Puts something that says nothing in the place of fields' values: 0, false, an empty text, or a fixed replacement.</summary>
public abstract class MaskField : FieldsTransform
{
    private const string Fields = "fields";
    private const string Replacement = "replacement";

    private HashSet<string> _fields = [];
    private MaskValues _masks = new(replacement: null);
    private bool _replaceNull;

    private MaskField(RecordPart part)
        : base(part, "mask fields", passesNull: false)
    {
    }

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(Fields, ConfigType.List, "The fields to mask.")
        {
            Importance = ConfigImportance.High,
            Check = TransformChecks.NonEmptyList,
        },
        new(Replacement, ConfigType.String, "What to put in their place; numbers and texts only. By default 0, an empty text and so on.")
        {
            Default = null,
            Importance = ConfigImportance.Low,
            Check = ConfigChecks.NonEmpty,
        },
        ReplaceNullWithDefaultKey,
    ];

    private protected override void Configure(ParsedConfig config)
    {
        _fields = new(config.GetList(Fields), StringComparer.Ordinal);
        _masks = new(config.GetStringOrNull(Replacement));
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private protected override IReadOnlyDictionary<string, object?> Apply(
        IReadOnlyDictionary<string, object?> value, ref SinkRecord record)
    {
        var result = new Dictionary<string, object?>(value, StringComparer.Ordinal);
        // As in the original, a field that is not there is put in as null.
        foreach (var field in _fields)
            result[field] = _masks.For(result.GetValueOrDefault(field));
        return result;
    }

    private protected override Struct Apply(Struct value, ref SinkRecord record)
    {
        var result = new Struct(value.Schema);
        foreach (var field in value.Schema.Fields)
        {
            var data = value.Get(field, _replaceNull);
            result[field] = _fields.Contains(field.Name) ? _masks.For(data) : data;
        }
        return result;
    }

    /// <summary>Works on keys.</summary>
    public sealed class Key() : MaskField(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : MaskField(RecordPart.Value);
}
