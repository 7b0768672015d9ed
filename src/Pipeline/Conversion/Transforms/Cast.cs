using System.Globalization;
using System.Numerics;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Turns fields, or a whole key or value, into another primitive type.</summary>
public abstract class Cast : RecordPartTransform
{
    private const string Spec = "spec";
    private const string Purpose = "cast types";

    private readonly PerSchema<Schema> _schemas;
    private IReadOnlyDictionary<string, SchemaType> _fields = new Dictionary<string, SchemaType>();
    private SchemaType? _whole;
    private bool _replaceNull;

    private Cast(RecordPart part)
        : base(part) => _schemas = new(WithTypes);

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(Spec, ConfigType.List, $"Pairs of a field and its new type, as in views:int64; or one type for the whole. Types: {CastSpec.Types}.")
        {
            Importance = ConfigImportance.High,
            Check = value => value is IReadOnlyList<string> { Count: > 0 } list
                ? CastSpec.Parse(list).Error
                : "Must specify at least one field to cast.",
        },
        ReplaceNullWithDefaultKey,
    ];

    private protected override void Configure(ParsedConfig config)
    {
        var spec = CastSpec.Parse(config.GetList(Spec));
        (_whole, _fields) = (spec.Whole, spec.Fields);
        _replaceNull = config.GetBoolean(ReplaceNullWithDefault);
    }

    private protected override ConnectValue Apply(ConnectValue value, ref SinkRecord record)
    {
        if (value.IsNull)
            return value;
        if (_whole is { } type)
            return ConnectValue.From(Convert(value.Schema, value.Value, type), value.Schema is null ? null : _schemas.Of(value.Schema));
        if (value.Schema is not null)
            return ApplyToFields(Require.Struct(value.Value, Purpose));
        return ConnectValue.From(Require.Map(value.Value, Purpose).ToDictionary(
            entry => entry.Key,
            entry => _fields.TryGetValue(entry.Key, out var target) ? Convert(null, entry.Value, target) : entry.Value,
            StringComparer.Ordinal));
    }

    private ConnectValue ApplyToFields(Struct fields)
    {
        var result = new Struct(_schemas.Of(fields.Schema));
        foreach (var field in fields.Schema.Fields)
        {
            var data = fields.Get(field, _replaceNull);
            result[field] = _fields.TryGetValue(field.Name, out var target) ? Convert(field.Schema, data, target) : data;
        }
        return ConnectValue.From(result, result.Schema);
    }

    private Schema WithTypes(Schema schema)
    {
        if (_whole is { } type)
            return Convert(schema, type, schema);
        return schema
            .WithFields(schema.Fields.Select(field => (
                field.Name,
                _fields.TryGetValue(field.Name, out var target) ? Convert(field.Schema, target, details: null) : field.Schema)))
            .With(schema.IsOptional, schema.DefaultValue is Struct fields ? fields : null);
    }

    /// <summary>The schema of the new type. The name of a logical type goes, since the data is none any more.</summary>
    private static Schema Convert(Schema schema, SchemaType type, Schema? details) => new(
        type,
        schema.IsOptional,
        IsLogical(details) ? null : details?.Name,
        IsLogical(details) ? null : details?.Version,
        details?.Doc,
        Convert(schema, schema.DefaultValue, type),
        IsLogical(details) ? null : details?.Parameters);

    private static bool IsLogical(Schema? schema)
        => schema?.Name is LogicalTypes.Date or LogicalTypes.Time or LogicalTypes.Timestamp or LogicalTypes.Decimal;

    private static object? Convert(Schema? schema, object? value, SchemaType target)
    {
        if (value is null)
            return null;
        if (value is DateTimeOffset time)
            value = target == SchemaType.String ? Text(schema, time) : Encode(schema, time);
        try
        {
            return target switch
            {
                SchemaType.Int8 => unchecked((sbyte)ToInt(value, sbyte.Parse)),
                SchemaType.Int16 => unchecked((short)ToInt(value, short.Parse)),
                SchemaType.Int32 => unchecked((int)ToInt(value, int.Parse)),
                SchemaType.Int64 => ToLong(value),
                SchemaType.Float32 => value is string text ? ParseFloat(text) : (float)ToDouble(value),
                SchemaType.Float64 => value is string text ? ParseDouble(text) : ToDouble(value),
                SchemaType.Boolean => value is string text ? text.Equals("true", StringComparison.OrdinalIgnoreCase) : ToLong(value) != 0,
                _ => Text(value),
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new DataException($"Value ({value}) was out of range for requested data type", e);
        }
    }

    /// <summary>What a number that is too large loses are its upper bits; one with a fraction is cut to 32 bits first, as in Java.</summary>
    private static long ToInt<T>(object value, Func<string, NumberStyles, IFormatProvider, T> parse)
        where T : IBinaryInteger<T>
        => value switch
        {
            string text => long.CreateChecked(parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            float number => (int)number,
            double number => (int)number,
            _ => ToLong(value),
        };

    private static long ToLong(object value) => value switch
    {
        sbyte number => number,
        short number => number,
        int number => number,
        long number => number,
        float number => (long)number,
        double number => (long)number,
        bool flag => flag ? 1 : 0,
        decimal number => Lowest(new BigInteger(number)),
        BigInteger number => Lowest(number),
        BigDecimal number => Lowest(Truncate(number)),
        string text => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        _ => throw Unexpected(value),
    };

    private static double ToDouble(object value) => value switch
    {
        float number => number,
        double number => number,
        decimal number => (double)number,
        BigInteger number => (double)number,
        BigDecimal number => double.Parse(number.ToString(), CultureInfo.InvariantCulture),
        _ => ToLong(value),
    };

    private static long Lowest(BigInteger number) => (long)(ulong)(number & ulong.MaxValue);

    private static BigInteger Truncate(BigDecimal number) => number.Scale >= 0
        ? BigInteger.Divide(number.Unscaled, BigInteger.Pow(10, number.Scale))
        : number.Unscaled * BigInteger.Pow(10, -number.Scale);

    private static double ParseDouble(string text)
        => double.Parse(text.Trim().TrimEnd('f', 'F', 'd', 'D'), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static float ParseFloat(string text)
        => float.Parse(text.Trim().TrimEnd('f', 'F', 'd', 'D'), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        byte[] bytes => System.Convert.ToBase64String(bytes),
        float number => JavaNumbers.ToString(number),
        double number => JavaNumbers.ToString(number),
        BigDecimal number => number.ToString(),
        sbyte or short or int or long or decimal or BigInteger
            => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => throw Unexpected(value),
    };

    /// <summary>The number that carries a time.</summary>
    private static object Encode(Schema? schema, DateTimeOffset time) => schema?.Name switch
    {
        LogicalTypes.Date => LogicalTypes.DaysFromDate(time),
        LogicalTypes.Time => LogicalTypes.MillisecondsFromTime(time),
        LogicalTypes.Timestamp => LogicalTypes.MillisecondsFromTimestamp(time),
        _ => throw Unexpected(time),
    };

    /// <summary>ISO 8601: a time within the first day of 1970 as time of day, one at midnight as day, as in the original.</summary>
    private static string Text(Schema? schema, DateTimeOffset time)
    {
        if (schema is null)
            throw Unexpected(time);
        var utc = time.UtcDateTime;
        var format = utc.Date == DateTime.UnixEpoch ? "HH:mm:ss.fff'Z'"
            : utc.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd"
            : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return utc.ToString(format, CultureInfo.InvariantCulture);
    }

    private static DataException Unexpected(object value)
        => new($"Cast transformation does not support casting from {Require.TypeName(value)}; supported types are {CastSpec.Types}, bytes (to string)");

    /// <summary>Works on keys.</summary>
    public sealed class Key() : Cast(RecordPart.Key);

    /// <summary>Works on values.</summary>
    public sealed class Value() : Cast(RecordPart.Value);
}
