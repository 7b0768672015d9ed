using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Puts where a record comes from, its timestamp, or a fixed text into fields of its key or value.</summary>
public abstract class InsertField : FieldsTransform
{
    private const string TopicField = "topic.field";
    private const string PartitionField = "partition.field";
    private const string OffsetField = "offset.field";
    private const string TimestampField = "timestamp.field";
    private const string StaticField = "static.field";
    private const string StaticValue = "static.value";

    private readonly PerSchema<Schema> _schemas;
    private readonly List<Insertion> _insertions = [];
    private bool _replaceNull;

    private InsertField(RecordPart part)
        : base(part, "field insertion") => _schemas = new(Extend);

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        FieldKey(TopicField, "the record's topic"),
        FieldKey(PartitionField, "the number of the record's partition"),
        FieldKey(OffsetField, "the record's offset"),
        FieldKey(TimestampField, "the record's timestamp: milliseconds since 1970-01-01T00:00:00Z where there is no schema"),
        FieldKey(StaticField, "the text of static.value"),
        new(StaticValue, ConfigType.String, "The text for static.field.") { Default = null },
        ReplaceNullWithDefaultKey,
    ];

    private protected override IEnumerable<(string Key, string Message)> Check(ParsedConfig config)
    {
        string[] fields = [TopicField, PartitionField, OffsetField, TimestampField, StaticField];
        if (!fields.Any(config.Has))
            yield return (TopicField, $"No field insertion configured: give at least one of {string.Join(", ", fields)}");
        if (config.Has(StaticField) && !config.Has(StaticValue))
        {
            yield return (StaticValue, new ConfigException(StaticValue, null,
                $"No value specified for static field: {config.GetString(StaticField)}").Message);
        }
    }

    private protected override void Configure(ParsedConfig config)
    {
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
        var text = config.GetStringOrNull(StaticValue);
        Add(TopicField, SchemaType.String, (in record, _) => record.Topic);
        Add(PartitionField, SchemaType.Int32, (in record, _) => record.Partition);
        Add(OffsetField, SchemaType.Int64, (in record, _) => record.Offset);
        Add(TimestampField, SchemaType.Int64, TimestampOf, LogicalTypes.Timestamp);
        Add(StaticField, SchemaType.String, (in _, _) => text);

        void Add(string key, SchemaType type, ReadMetadata read, string? logicalType = null)
        {
            if (config.GetStringOrNull(key) is { } given)
                _insertions.Add(Insertion.Parse(given, type, read, logicalType));
        }
    }

    private protected override IReadOnlyDictionary<string, object?> Apply(
        IReadOnlyDictionary<string, object?> value, ref SinkRecord record)
    {
        var result = new Dictionary<string, object?>(value, StringComparer.Ordinal);
        foreach (var insertion in _insertions)
        {
            if (insertion.Read(in record, false) is { } inserted)
                result[insertion.Field] = inserted;
        }
        return result;
    }

    private protected override Struct Apply(Struct value, ref SinkRecord record)
    {
        var result = new Struct(_schemas.Of(value.Schema));
        var fields = result.Schema.Fields;
        var kept = value.Schema.Fields;
        for (var i = 0; i < kept.Count; i++)
            result[fields[i]] = value.Get(kept[i], _replaceNull);
        for (var i = 0; i < _insertions.Count; i++)
            result[fields[kept.Count + i]] = _insertions[i].Read(in record, true);
        return result;
    }

    private static ConfigKey FieldKey(string name, string what) => new(name, ConfigType.String,
        $"The field for {what}. With ! at the end the schema says that it is required, with ? or nothing that it is optional.")
    {
        Default = null,
    };

    private static object? TimestampOf(in SinkRecord record, bool hasSchema)
    {
        if (record.Timestamp < 0)
            return null;
        return hasSchema ? LogicalTypes.TimestampFromMilliseconds(record.Timestamp) : (object)record.Timestamp;
    }

    private Schema Extend(Schema schema) => schema.WithFields([
        .. schema.Fields.Select(field => (field.Name, field.Schema)),
        .. _insertions.Select(insertion => (insertion.Field, insertion.Schema)),
    ]);

    /// <summary>Works on keys.</summary>
    public sealed class Key() : InsertField(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : InsertField(RecordPart.Value);

    private delegate object? ReadMetadata(in SinkRecord record, bool hasSchema);

    private sealed record Insertion(string Field, Schema Schema, ReadMetadata Read)
    {
        public static Insertion Parse(string given, SchemaType type, ReadMetadata read, string? logicalType)
        {
            var schema = new Schema(
                type, optional: !given.EndsWith('!'), name: logicalType, version: logicalType is null ? null : 1);
            return new(given is [.. var name, '!' or '?'] ? name : given, schema, read);
        }
    }
}
