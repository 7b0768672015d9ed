using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Exports.Connectors.Sdk;

/// <summary>
/// Writes data as JSON, as Kafka Connect's JsonConverter does without an envelope: bytes in base 64, dates, times and
/// timestamps as numbers, structs and maps with text keys as objects, other maps as arrays of pairs, numbers that are none
/// (<c>NaN</c>) as strings.
/// </summary>
public static class ConnectJson
{
    private const int MaxNumberBytes = 40;

    /// <summary>The options for a <see cref="Utf8JsonWriter"/>: compact, text not escaped more than JSON asks for.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = int.MaxValue,
    };

    /// <summary>Writes one value.</summary>
    /// <param name="writer">Made with <see cref="WriterOptions"/>.</param>
    /// <param name="value">The value.</param>
    /// <param name="decimals">How to write decimals.</param>
    /// <param name="replaceNullWithDefault">Whether null gives way to its schema's default.</param>
    /// <exception cref="DataException">The data does not fit its schema, or is of a type that has no form in JSON.</exception>
    public static void Write(
        Utf8JsonWriter writer,
        ConnectValue value,
        DecimalFormat decimals = DecimalFormat.Numeric,
        bool replaceNullWithDefault = true)
    {
        switch (value.Kind)
        {
            case ConnectValueKind.Bytes:
                writer.WriteBase64StringValue(value.Bytes.Span);
                break;
            case ConnectValueKind.Utf8:
                WriteUtf8(writer, value.Bytes.Span);
                break;
            default:
                Write(writer, value.Schema, value.Value, decimals, replaceNullWithDefault);
                break;
        }
    }

    /// <summary>Writes one .NET object.</summary>
    /// <param name="writer">Made with <see cref="WriterOptions"/>.</param>
    /// <param name="schema">The object's schema, or null when it has none.</param>
    /// <param name="value">One of the types that <see cref="ConnectValueKind.Object"/> lists, or null.</param>
    /// <param name="decimals">How to write decimals.</param>
    /// <param name="replaceNullWithDefault">Whether null gives way to its schema's default.</param>
    /// <exception cref="DataException">The data does not fit its schema, or is of a type that has no form in JSON.</exception>
    public static void Write(
        Utf8JsonWriter writer,
        Schema? schema,
        object? value,
        DecimalFormat decimals = DecimalFormat.Numeric,
        bool replaceNullWithDefault = true)
    {
        try
        {
            new Output(writer, decimals, replaceNullWithDefault).Write(schema, value);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new DataException("The data is nested too deeply to be written as JSON.", e);
        }
    }

    // Text from Kafka is not checked on its way; where it is not UTF-8, the writer would throw.
    private static void WriteUtf8(Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
            writer.WriteStringValue(text);
        else
            writer.WriteStringValue(Encoding.UTF8.GetString(text));
    }

    private readonly struct Output(Utf8JsonWriter writer, DecimalFormat decimals, bool replaceNullWithDefault)
    {
        public void Write(Schema? schema, object? value)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            if (value is null)
                WriteNull(schema);
            else if (schema is null)
                WriteSchemaless(value);
            else if (!WriteLogical(schema, value))
                WriteTyped(schema, value);
        }

        private void WriteNull(Schema? schema)
        {
            if (schema is { DefaultValue: { } defaultValue } && replaceNullWithDefault)
                Write(schema, defaultValue);
            else if (schema is null or { IsOptional: true })
                writer.WriteNullValue();
            else
                throw new DataException("Conversion error: null value for field that is required and has no default value");
        }

        private bool WriteLogical(Schema schema, object value)
        {
            switch (schema.Name)
            {
                case LogicalTypes.Decimal:
                    WriteDecimal(schema, value switch
                    {
                        BigDecimal number => number,
                        decimal number => number,
                        _ => throw WrongType("Decimal", value),
                    });
                    return true;
                case LogicalTypes.Date:
                    writer.WriteNumberValue(LogicalTypes.DaysFromDate(TimeOf("Date", value)));
                    return true;
                case LogicalTypes.Time:
                    writer.WriteNumberValue(LogicalTypes.MillisecondsFromTime(TimeOf("Time", value)));
                    return true;
                case LogicalTypes.Timestamp:
                    writer.WriteNumberValue(LogicalTypes.MillisecondsFromTimestamp(TimeOf("Timestamp", value)));
                    return true;
                default:
                    return false;
            }
        }

        private void WriteDecimal(Schema? schema, BigDecimal value)
        {
            if (schema is not null && decimals == DecimalFormat.Base64)
                writer.WriteBase64StringValue(LogicalTypes.DecimalToBytes(value, LogicalTypes.ScaleOf(schema)));
            else
                writer.WriteRawValue(value.ToString(), skipInputValidation: true);
        }

        private void WriteTyped(Schema schema, object value)
        {
            switch (schema.Type, value)
            {
                case (SchemaType.Int8, sbyte number):
                    writer.WriteNumberValue(number);
                    break;
                case (SchemaType.Int16, short number):
                    writer.WriteNumberValue(number);
                    break;
                case (SchemaType.Int32, int number):
                    writer.WriteNumberValue(number);
                    break;
                case (SchemaType.Int64, long number):
                    writer.WriteNumberValue(number);
                    break;
                case (SchemaType.Float32, float number):
                    WriteFloat(number);
                    break;
                case (SchemaType.Float64, double number):
                    WriteDouble(number);
                    break;
                case (SchemaType.Boolean, bool flag):
                    writer.WriteBooleanValue(flag);
                    break;
                case (SchemaType.String, string text):
                    writer.WriteStringValue(text);
                    break;
                case (SchemaType.Bytes, byte[] bytes):
                    writer.WriteBase64StringValue(bytes);
                    break;
                case (SchemaType.Array, IEnumerable items) when value is not (string or byte[]) && !IsMap(value):
                    WriteArray(schema.ValueSchema, items);
                    break;
                case (SchemaType.Map, IReadOnlyDictionary<string, object?> map) when schema.KeySchema!.Type == SchemaType.String:
                    WriteObject(schema.ValueSchema, map);
                    break;
                case (SchemaType.Map, _) when IsMap(value):
                    WriteMap(schema, value);
                    break;
                case (SchemaType.Struct, Struct fields):
                    WriteStruct(schema, fields);
                    break;
                default:
                    throw WrongType(SchemaTypeName(schema.Type), value);
            }
        }

        private void WriteSchemaless(object value)
        {
            switch (value)
            {
                case string text:
                    writer.WriteStringValue(text);
                    break;
                case bool flag:
                    writer.WriteBooleanValue(flag);
                    break;
                case long or int or short or sbyte:
                    writer.WriteNumberValue(Convert.ToInt64(value, null));
                    break;
                case double number:
                    WriteDouble(number);
                    break;
                case float number:
                    WriteFloat(number);
                    break;
                case BigInteger number:
                    writer.WriteRawValue(number.ToString(null, null), skipInputValidation: true);
                    break;
                case decimal number:
                    WriteDecimal(null, number);
                    break;
                case BigDecimal number:
                    WriteDecimal(null, number);
                    break;
                case DateTimeOffset time:
                    writer.WriteNumberValue(LogicalTypes.MillisecondsFromTimestamp(time));
                    break;
                case byte[] bytes:
                    writer.WriteBase64StringValue(bytes);
                    break;
                case Struct fields:
                    WriteStruct(fields.Schema, fields);
                    break;
                case IReadOnlyDictionary<string, object?> map:
                    WriteObject(null, map);
                    break;
                case var _ when IsMap(value):
                    WriteMap(null, value);
                    break;
                case IEnumerable items:
                    WriteArray(null, items);
                    break;
                default:
                    throw new DataException($".NET class {value.GetType()} does not have corresponding schema type.");
            }
        }

        private void WriteArray(Schema? itemSchema, IEnumerable items)
        {
            writer.WriteStartArray();
            foreach (var item in items)
                Write(itemSchema, item);
            writer.WriteEndArray();
        }

        private void WriteObject(Schema? valueSchema, IReadOnlyDictionary<string, object?> map)
        {
            writer.WriteStartObject();
            foreach (var (key, item) in map)
            {
                writer.WritePropertyName(key);
                Write(valueSchema, item);
            }
            writer.WriteEndObject();
        }

        private void WriteMap(Schema? schema, object value)
        {
            var pairs = Pairs(value);
            if (schema is null ? pairs.TrueForAll(pair => pair.Key is string) : schema.KeySchema!.Type == SchemaType.String)
            {
                writer.WriteStartObject();
                foreach (var (key, item) in pairs)
                {
                    writer.WritePropertyName(key as string ?? throw WrongType("STRING", key));
                    Write(schema?.ValueSchema, item);
                }
                writer.WriteEndObject();
                return;
            }
            writer.WriteStartArray();
            foreach (var (key, item) in pairs)
            {
                writer.WriteStartArray();
                Write(schema?.KeySchema, key);
                Write(schema?.ValueSchema, item);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }

        private void WriteStruct(Schema schema, Struct value)
        {
            var same = ReferenceEquals(schema, value.Schema);
            if (!same && !HasFieldsOf(value.Schema, schema))
                throw new DataException("Mismatching schema.");
            writer.WriteStartObject();
            for (var i = 0; i < schema.Fields.Count; i++)
            {
                var field = schema.Fields[i];
                writer.WritePropertyName(field.Name);
                Write(field.Schema, same ? value[field] : value[field.Name]);
            }
            writer.WriteEndObject();
        }

        private void WriteDouble(double number)
        {
            if (!double.IsFinite(number))
            {
                writer.WriteStringValue(NonFinite(number));
                return;
            }
            Span<byte> text = stackalloc byte[MaxNumberBytes];
            number.TryFormat(text, out var written, default, CultureInfo.InvariantCulture);
            WriteFraction(text, written);
        }

        private void WriteFloat(float number)
        {
            if (!float.IsFinite(number))
            {
                writer.WriteStringValue(NonFinite(number));
                return;
            }
            Span<byte> text = stackalloc byte[MaxNumberBytes];
            number.TryFormat(text, out var written, default, CultureInfo.InvariantCulture);
            WriteFraction(text, written);
        }

        // 1 is written 1.0, so that who reads it without a schema knows it for a floating point number.
        private void WriteFraction(Span<byte> text, int written)
        {
            if (text[..written].IndexOfAny("."u8[0], "E"u8[0]) < 0)
            {
                ".0"u8.CopyTo(text[written..]);
                written += 2;
            }
            writer.WriteRawValue(text[..written], skipInputValidation: true);
        }

        private static string NonFinite(double number)
            => double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

        private static DateTimeOffset TimeOf(string type, object value)
            => value is DateTimeOffset time ? time : throw WrongType(type, value);
    }

    private static bool HasFieldsOf(Schema schema, Schema other)
        => schema.Fields.Count == other.Fields.Count && other.Fields.All(field => schema.Field(field.Name) is not null);

    private static bool IsMap(object value)
        => value is IDictionary or IReadOnlyDictionary<string, object?> or IReadOnlyDictionary<object, object?>;

    private static List<KeyValuePair<object, object?>> Pairs(object value) => value switch
    {
        IReadOnlyDictionary<object, object?> map => [.. map],
        IReadOnlyDictionary<string, object?> map => [.. map.Select(pair => KeyValuePair.Create((object)pair.Key, pair.Value))],
        _ => [.. ((IDictionary)value).Keys.Cast<object>().Select(key => KeyValuePair.Create(key, ((IDictionary)value)[key]))],
    };

    private static string SchemaTypeName(SchemaType type) => type.ToString().ToUpperInvariant();

    private static DataException WrongType(string expected, object value)
        => new($"Invalid type for {expected}: {value.GetType()}");
}
