using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// Reads JSON into Kafka Connect's data model and writes it. Stricter than the original where that would change data
/// silently: a number that does not fit its type, a text where a number belongs, is an error. Used by one thread at a time.
/// </summary>
internal sealed class JsonData(DecimalFormat decimals, bool replaceNullWithDefault)
{
    /// <summary>How deeply arrays and objects may be nested.</summary>
    public const int MaxDepth = 1000;

    // Longer numbers cost time in proportion to the square of their length.
    private const int MaxNumberLength = 1000;

    private static readonly object s_true = true;
    private static readonly object s_false = false;

    private readonly JsonNames _names = new();

    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Reads one JSON value.</summary>
    /// <param name="json">The value and nothing after it.</param>
    /// <param name="schema">What to read it as; null to take it as it is.</param>
    /// <exception cref="DataException">It is not JSON, or does not fit the schema.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public object? Read(ReadOnlySpan<byte> json, Schema? schema)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        var value = ReadValue(ref reader, schema);
        reader.Read(); // throws when anything follows
        return value;
    }

    public void Write(Utf8JsonWriter writer, Schema? schema, object? value)
        => ConnectJson.Write(writer, schema, value, decimals, replaceNullWithDefault);

    private object? ReadValue(ref Utf8JsonReader reader, Schema? schema)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (schema is null)
            return ReadSchemaless(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
            return ReplaceNull(schema);
        return schema.Name switch
        {
            LogicalTypes.Decimal => ReadDecimal(ref reader, schema),
            LogicalTypes.Date
                => LogicalTypes.DateFromDays((int)ReadLogicalInteger(ref reader, "Date", int.MinValue, int.MaxValue)),
            LogicalTypes.Time
                => LogicalTypes.TimeFromMilliseconds((int)ReadLogicalInteger(ref reader, "Time", int.MinValue, int.MaxValue)),
            LogicalTypes.Timestamp
                => LogicalTypes.TimestampFromMilliseconds(
                    ReadLogicalInteger(ref reader, "Timestamp", long.MinValue, long.MaxValue)),
            _ => ReadTyped(ref reader, schema),
        };
    }

    private object? ReplaceNull(Schema schema)
    {
        if (schema.DefaultValue is { } defaultValue && replaceNullWithDefault)
            return defaultValue;
        return schema.IsOptional
            ? null
            : throw new DataException($"Invalid null value for required {NameOf(schema.Type)} field");
    }

    private object? ReadTyped(ref Utf8JsonReader reader, Schema schema) => schema.Type switch
    {
        SchemaType.Boolean => reader.TokenType switch
        {
            JsonTokenType.True => s_true,
            JsonTokenType.False => s_false,
            _ => throw Unexpected(ref reader, schema.Type),
        },
        SchemaType.Int8 => (sbyte)ReadInteger(ref reader, schema.Type, sbyte.MinValue, sbyte.MaxValue),
        SchemaType.Int16 => (short)ReadInteger(ref reader, schema.Type, short.MinValue, short.MaxValue),
        SchemaType.Int32 => (int)ReadInteger(ref reader, schema.Type, int.MinValue, int.MaxValue),
        SchemaType.Int64 => ReadInteger(ref reader, schema.Type, long.MinValue, long.MaxValue),
        SchemaType.Float32 => ReadSingle(ref reader),
        SchemaType.Float64 => ReadDouble(ref reader),
        SchemaType.String
            => reader.TokenType == JsonTokenType.String ? reader.GetString() : throw Unexpected(ref reader, schema.Type),
        SchemaType.Bytes => ReadBytes(ref reader),
        SchemaType.Array => ReadArray(ref reader, schema.ValueSchema),
        SchemaType.Map when schema.KeySchema!.Type == SchemaType.String => ReadMap(ref reader, schema.ValueSchema),
        SchemaType.Map => ReadPairs(ref reader, schema),
        _ => ReadStruct(ref reader, schema),
    };

    private object? ReadSchemaless(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => s_true,
        JsonTokenType.False => s_false,
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => ReadNumber(ref reader),
        JsonTokenType.StartArray => ReadArray(ref reader, itemSchema: null),
        _ => ReadMap(ref reader, valueSchema: null),
    };

    /// <summary>
    /// A number of no declared type: whole ones are 64-bit integers, or of any size; others 64-bit floating point.
    /// </summary>
    private static object ReadNumber(ref Utf8JsonReader reader)
    {
        if (!IsWhole(reader.ValueSpan))
            return FiniteDouble(ref reader);
        // Not one expression, whose type would be BigInteger for all.
        if (reader.TryGetInt64(out var number))
            return number;
        return BigInteger.Parse(NumberText(ref reader), CultureInfo.InvariantCulture);
    }

    private static long ReadInteger(ref Utf8JsonReader reader, SchemaType type, long min, long max)
    {
        if (reader.TokenType != JsonTokenType.Number || !IsWhole(reader.ValueSpan))
            throw Unexpected(ref reader, type);
        return reader.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw new DataException($"The number {Excerpt(reader.ValueSpan)} does not fit {NameOf(type)} ({min} to {max})");
    }

    private static long ReadLogicalInteger(ref Utf8JsonReader reader, string type, long min, long max)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= min && number <= max)
            return number;
        throw new DataException(
            $"Invalid type for {type}, underlying representation should be {(max == int.MaxValue ? "integer" : "integral")} " +
                $"but was {NameOf(reader.TokenType)}");
    }

    private static double ReadDouble(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => FiniteDouble(ref reader),
        JsonTokenType.String => ReadNonFinite(ref reader, SchemaType.Float64),
        _ => throw Unexpected(ref reader, SchemaType.Float64),
    };

    private static float ReadSingle(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return (float)ReadNonFinite(ref reader, SchemaType.Float32);
        if (reader.TokenType != JsonTokenType.Number)
            throw Unexpected(ref reader, SchemaType.Float32);
        return reader.TryGetSingle(out var number) && float.IsFinite(number)
            ? number
            : throw new DataException($"The number {Excerpt(reader.ValueSpan)} does not fit FLOAT32");
    }

    // JSON has no numbers for these, so that writers use texts.
    private static double ReadNonFinite(ref Utf8JsonReader reader, SchemaType type)
    {
        if (reader.ValueTextEquals("NaN"u8))
            return double.NaN;
        if (reader.ValueTextEquals("Infinity"u8))
            return double.PositiveInfinity;
        return reader.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity : throw Unexpected(ref reader, type);
    }

    private static double FiniteDouble(ref Utf8JsonReader reader)
        => reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new DataException($"The number {Excerpt(reader.ValueSpan)} does not fit FLOAT64");

    private static object ReadDecimal(ref Utf8JsonReader reader, Schema schema)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return BigDecimal.TryParse(NumberText(ref reader), out var number)
                    ? number
                    : throw new DataException($"The number {Excerpt(reader.ValueSpan)} does not fit Decimal");
            case JsonTokenType.String when reader.TryGetBytesFromBase64(out var bytes) && bytes.Length > 0:
                return LogicalTypes.DecimalFromBytes(bytes, LogicalTypes.ScaleOf(schema));
            case JsonTokenType.String:
                throw new DataException("Invalid bytes for Decimal field");
            default:
                throw new DataException(
                    $"Invalid type for Decimal, underlying representation should be numeric or bytes but was " +
                        $"{NameOf(reader.TokenType)}");
        }
    }

    private static byte[] ReadBytes(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Unexpected(ref reader, SchemaType.Bytes);
        return reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw new DataException("Invalid bytes field");
    }

    private List<object?> ReadArray(ref Utf8JsonReader reader, Schema? itemSchema)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Unexpected(ref reader, SchemaType.Array);
        var items = new List<object?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadValue(ref reader, itemSchema));
        return items;
    }

    private Dictionary<string, object?> ReadMap(ref Utf8JsonReader reader, Schema? valueSchema)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new DataException($"Maps with string fields should be encoded as JSON objects, but found " +
                $"{NameOf(reader.TokenType)}");
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = _names.Get(ref reader);
            reader.Read();
            map[name] = ReadValue(ref reader, valueSchema);
        }
        return map;
    }

    private Dictionary<object, object?> ReadPairs(ref Utf8JsonReader reader, Schema schema)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new DataException($"Maps with non-string fields should be encoded as JSON array of tuples, but found " +
                $"{NameOf(reader.TokenType)}");
        var map = new Dictionary<object, object?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new DataException($"Found invalid map entry instead of array tuple: {NameOf(reader.TokenType)}");
            var size = 0;
            object? key = null;
            object? value = null;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                switch (size++)
                {
                    case 0:
                        key = ReadValue(ref reader, schema.KeySchema);
                        break;
                    case 1:
                        value = ReadValue(ref reader, schema.ValueSchema);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
            if (size != 2)
                throw new DataException($"Found invalid map entry, expected length 2 but found :{size}");
            map[key ?? throw new DataException("A map's key must not be null.")] = value;
        }
        return map;
    }

    private Struct ReadStruct(ref Utf8JsonReader reader, Schema schema)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new DataException($"Structs should be encoded as JSON objects, but found {NameOf(reader.TokenType)}");
        var result = new Struct(schema);
        var expected = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            // Writers mostly keep the order of the schema, which saves the look-up.
            var field = expected < schema.Fields.Count && reader.ValueTextEquals(schema.Fields[expected].Name)
                ? schema.Fields[expected]
                : schema.Field(_names.Get(ref reader));
            reader.Read();
            if (field is null)
            {
                reader.Skip();
                continue;
            }
            expected = field.Index + 1;
            try
            {
                result[field] = reader.TokenType == JsonTokenType.Null ? null : ReadValue(ref reader, field.Schema);
            }
            catch (DataException e)
            {
                throw new DataException($"{e.Message}, in field '{field.Name}'", e.InnerException);
            }
        }
        foreach (var field in schema.Fields)
        {
            try
            {
                result[field] ??= ReplaceNull(field.Schema);
            }
            catch (DataException e)
            {
                throw new DataException($"{e.Message} '{field.Name}'");
            }
        }
        return result;
    }

    private static bool IsWhole(ReadOnlySpan<byte> number) => number.IndexOfAny("."u8[0], "e"u8[0], "E"u8[0]) < 0;

    private static string NumberText(ref Utf8JsonReader reader)
        => reader.ValueSpan.Length <= MaxNumberLength
            ? Encoding.ASCII.GetString(reader.ValueSpan)
            : throw new DataException($"A number has {reader.ValueSpan.Length} digits; {MaxNumberLength} are allowed");

    private static string Excerpt(ReadOnlySpan<byte> number)
        => number.Length <= 40 ? Encoding.ASCII.GetString(number) : Encoding.ASCII.GetString(number[..40]) + "…";

    private static DataException Unexpected(ref Utf8JsonReader reader, SchemaType type)
    {
        var found = reader.TokenType == JsonTokenType.Number
            ? $"the number {Excerpt(reader.ValueSpan)}"
            : NameOf(reader.TokenType);
        return new($"{NameOf(type)} expected, but found {found}");
    }

    private static string NameOf(SchemaType type) => type.ToString().ToUpperInvariant();

    private static string NameOf(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "OBJECT",
        JsonTokenType.StartArray => "ARRAY",
        JsonTokenType.String => "STRING",
        JsonTokenType.Number => "NUMBER",
        JsonTokenType.True or JsonTokenType.False => "BOOLEAN",
        _ => "NULL",
    };
}
