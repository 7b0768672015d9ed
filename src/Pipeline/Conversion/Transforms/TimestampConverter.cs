using Exports.Connectors.Sdk;
using Exports.Pipeline.Dates;

namespace Exports.Pipeline.Transforms;

/// <summary>Turns times into another form: text, a number since 1970, or one of the logical types Date, Time and Timestamp.</summary>
public abstract class TimestampConverter : RecordPartTransform
{
    private const string FieldKey = "field";
    private const string TargetType = "target.type";
    private const string FormatKey = "format";
    private const string UnixPrecision = "unix.precision";
    private const string Purpose = "converting timestamp formats";

    private const string Text = "string";
    private const string Unix = "unix";
    private const string Date = "Date";
    private const string Time = "Time";
    private const string Timestamp = "Timestamp";

    private readonly PerSchema<Schema> _schemas;
    private string _field = "";
    private string _target = "";
    private JavaDateFormat? _format;
    private UnixTime _unix;
    private bool _replaceNull;

    private TimestampConverter(RecordPart part)
        : base(part) => _schemas = new(WithTarget);

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(FieldKey, ConfigType.String, "The field with the time; empty when the whole key or value is the time.")
        {
            Default = "",
            Importance = ConfigImportance.High,
        },
        new(TargetType, ConfigType.String, "What to make of the time: string, unix, Date, Time or Timestamp.")
        {
            Importance = ConfigImportance.High,
            Check = ConfigChecks.OneOf(Text, Unix, Date, Time, Timestamp),
        },
        new(FormatKey, ConfigType.String, "How texts are written and read: a pattern of Java's SimpleDateFormat. Times are UTC.")
        {
            Default = "",
            Check = DateChecks.Pattern,
        },
        new(UnixPrecision, ConfigType.String, "The unit of unix times: seconds, milliseconds, microseconds or nanoseconds since 1970.")
        {
            Default = UnixTime.Milliseconds,
            Importance = ConfigImportance.Low,
            Check = ConfigChecks.OneOf(UnixTime.Units),
        },
        ReplaceNullWithDefaultKey,
    ];

    private protected override IEnumerable<(string Key, string Message)> Check(ParsedConfig config)
    {
        if (config.GetString(TargetType) == Text && string.IsNullOrWhiteSpace(config.GetString(FormatKey)))
            yield return (FormatKey, "TimestampConverter requires format option to be specified when using string timestamps");
    }

    private protected override void Configure(ParsedConfig config)
    {
        _field = config.GetString(FieldKey);
        _target = config.GetString(TargetType);
        _format = string.IsNullOrWhiteSpace(config.GetString(FormatKey)) ? null : new(config.GetString(FormatKey));
        _unix = new(config.GetString(UnixPrecision));
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private protected override ConnectValue Apply(ConnectValue value, ref SinkRecord record)
    {
        if (value.Schema is not { } schema)
            return ApplyWithoutSchema(value);
        if (_field.Length == 0)
            return ConnectValue.From(Convert(value.Value, FormOf(schema)), _schemas.Of(schema));
        if (value.IsNull)
            return ConnectValue.NullOf(schema.Type == SchemaType.Struct ? _schemas.Of(schema) : schema);
        return ApplyToField(Require.Struct(value.Value, Purpose));
    }

    private ConnectValue ApplyWithoutSchema(ConnectValue value)
    {
        if (value.IsNull || _field.Length == 0)
            return ConnectValue.From(Convert(value.Value, form: null));
        var result = new Dictionary<string, object?>(Require.Map(value.Value, Purpose), StringComparer.Ordinal);
        // As in the original, a field that is not there is put in as null.
        result[_field] = Convert(result.GetValueOrDefault(_field), form: null);
        return ConnectValue.From(result);
    }

    private ConnectValue ApplyToField(Struct fields)
    {
        var result = new Struct(_schemas.Of(fields.Schema));
        foreach (var field in fields.Schema.Fields)
        {
            var data = fields.Get(field, _replaceNull);
            result[field] = field.Name == _field ? Convert(data, FormOf(field.Schema)) : data;
        }
        return ConnectValue.From(result, result.Schema);
    }

    /// <param name="value">The time, or null.</param>
    /// <param name="form">What form the schema says that it has; null where there is none.</param>
    private object? Convert(object? value, string? form)
    {
        if (value is null)
            return null;
        var time = Read(value, form ?? value switch
        {
            DateTimeOffset => Timestamp,
            long => Unix,
            string => Text,
            _ => throw new DataException($"TimestampConverter does not support {Require.TypeName(value)} objects as timestamps"),
        });
        return _target switch
        {
            Text => _format!.Format(time),
            Unix => _unix.From(time),
            Date => new DateTimeOffset(time.UtcDateTime.Date, TimeSpan.Zero),
            Time => DateTimeOffset.UnixEpoch + time.UtcDateTime.TimeOfDay,
            _ => time,
        };
    }

    /// <summary>The time in milliseconds, which is as fine as the original's.</summary>
    private DateTimeOffset Read(object value, string form) => form switch
    {
        Text => Parse(value as string
            ?? throw new DataException($"Expected string timestamp to be a String, but found {Require.TypeName(value)}")),
        Unix => _unix.ToTime(value as long?
            ?? throw new DataException($"Expected Unix timestamp to be a Long, but found {Require.TypeName(value)}")),
        _ => value is DateTimeOffset time
            ? LogicalTypes.TimestampFromMilliseconds(LogicalTypes.MillisecondsFromTimestamp(time))
            : throw new DataException($"Expected {form} to be a time, but found {Require.TypeName(value)}"),
    };

    private DateTimeOffset Parse(string text)
    {
        if (_format is null)
            throw new DataException($"The timestamp is a text ({text}), which cannot be read without a pattern in '{FormatKey}'.");
        return _format.TryParse(text, DateTimeOffset.UtcNow, out var time)
            ? time
            : throw new DataException($"Could not parse timestamp: value ({text}) does not match pattern ({_format.Pattern})");
    }

    private static string FormOf(Schema schema) => (schema.Name, schema.Type) switch
    {
        (LogicalTypes.Timestamp, _) => Timestamp,
        (LogicalTypes.Date, _) => Date,
        (LogicalTypes.Time, _) => Time,
        (_, SchemaType.String) => Text,
        (_, SchemaType.Int64) => Unix,
        _ => throw new DataException(
            $"Schema {schema.Name ?? schema.Type.ToString().ToUpperInvariant()} does not correspond to a known timestamp type format"),
    };

    private Schema WithTarget(Schema schema)
    {
        if (_field.Length == 0)
            return TargetOf(schema);
        return schema
            .WithFields(schema.Fields.Select(field => (field.Name, field.Name == _field ? TargetOf(field.Schema) : field.Schema)))
            .With(schema.IsOptional, defaultValue: null);
    }

    private Schema TargetOf(Schema schema) => _target switch
    {
        Text => new(SchemaType.String, schema.IsOptional),
        Unix => new(SchemaType.Int64, schema.IsOptional),
        Date => new(SchemaType.Int32, schema.IsOptional, LogicalTypes.Date, version: 1),
        Time => new(SchemaType.Int32, schema.IsOptional, LogicalTypes.Time, version: 1),
        _ => new(SchemaType.Int64, schema.IsOptional, LogicalTypes.Timestamp, version: 1),
    };

    /// <summary>Works on keys.</summary>
    public sealed class Key() : TimestampConverter(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : TimestampConverter(RecordPart.Value);
}
