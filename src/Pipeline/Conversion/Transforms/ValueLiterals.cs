using System.Globalization;
using System.Numerics;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>
/// Reads data of a type from text, as Kafka Connect's <c>Values.parseString</c>: <c>42</c> is the smallest whole number that holds it,
/// <c>[1, 2]</c> a list, <c>2024-05-06</c> a Date. What is nothing else is text as it stands.
/// </summary>
internal static class ValueLiterals
{
    /// <summary>Lists and maps within each other beyond this are text.</summary>
    private const int MaxDepth = 32;

    private static readonly (string Format, SchemaType Type, string Name)[] s_times =
    [
        ("yyyy-MM-dd", SchemaType.Int32, LogicalTypes.Date),
        ("HH:mm:ss.fff'Z'", SchemaType.Int32, LogicalTypes.Time),
        ("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", SchemaType.Int64, LogicalTypes.Timestamp),
    ];

    // From the narrowest to the widest.
    private static readonly SchemaType[] s_numbers =
        [SchemaType.Int8, SchemaType.Int16, SchemaType.Int32, SchemaType.Int64, SchemaType.Float32, SchemaType.Float64];

    /// <summary>Reads a text; never fails.</summary>
    public static ConnectValue Parse(string text)
    {
        var reader = new Reader(text);
        return reader.TryRead(MaxDepth, isWithin: false, out var value) && reader.IsAtEnd
            ? value
            : ConnectValue.From(text, new(SchemaType.String));
    }

    private static bool TryParseToken(string token, out ConnectValue value)
    {
        value = token switch
        {
            "null" => ConnectValue.Null,
            "true" => ConnectValue.From(true, new(SchemaType.Boolean)),
            "false" => ConnectValue.From(false, new(SchemaType.Boolean)),
            _ => TryParseTime(token) ?? TryParseNumber(token) ?? default,
        };
        return token == "null" || !value.IsNull;
    }

    private static ConnectValue? TryParseTime(string token)
    {
        foreach (var (format, type, name) in s_times)
        {
            if (!DateTimeOffset.TryParseExact(token, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                continue;
            // A time of day without a date is of today, unless said otherwise.
            if (name == LogicalTypes.Time)
                time = DateTimeOffset.UnixEpoch + time.UtcDateTime.TimeOfDay;
            return ConnectValue.From(time, new(type, name: name, version: 1));
        }
        return null;
    }

    private static ConnectValue? TryParseNumber(string token)
    {
        if (token.Length == 0 || !(char.IsAsciiDigit(token[0]) || token[0] is '+' or '-') || !BigDecimal.TryParse(token, out var number))
            return null;
        if (TryMakeWhole(number) is { } whole)
        {
            if (whole >= sbyte.MinValue && whole <= sbyte.MaxValue)
                return ConnectValue.From((sbyte)whole, new(SchemaType.Int8));
            if (whole >= short.MinValue && whole <= short.MaxValue)
                return ConnectValue.From((short)whole, new(SchemaType.Int16));
            if (whole >= int.MinValue && whole <= int.MaxValue)
                return ConnectValue.From((int)whole, new(SchemaType.Int32));
            if (whole >= long.MinValue && whole <= long.MaxValue)
                return ConnectValue.From((long)whole, new(SchemaType.Int64));
        }

        if (number.Scale != 0)
        {
            var floating = double.Parse(token, CultureInfo.InvariantCulture);
            if (float.IsFinite((float)floating))
                return ConnectValue.From((float)floating, new(SchemaType.Float32));
            if (double.IsFinite(floating))
                return ConnectValue.From(floating, new(SchemaType.Float64));
        }
        return ConnectValue.From(number, new(
            SchemaType.Bytes, name: LogicalTypes.Decimal, version: 1,
            parameters: new Dictionary<string, string> { ["scale"] = number.Scale.ToString(CultureInfo.InvariantCulture) }));
    }

    private static BigInteger? TryMakeWhole(BigDecimal number)
    {
        const int moreThanLong = 20;
        if (number.Scale <= 0)
            return number.Scale < -moreThanLong ? null : number.Unscaled * BigInteger.Pow(10, -number.Scale);
        var (whole, rest) = BigInteger.DivRem(number.Unscaled, BigInteger.Pow(10, number.Scale));
        return rest.IsZero ? whole : null;
    }

    /// <summary>The schema that fits all: the widest of numbers; null where they differ otherwise, or there are none.</summary>
    private static Schema? Common(IEnumerable<ConnectValue> values)
    {
        Schema? common = null;
        foreach (var value in values.Where(value => !value.IsNull))
        {
            if (value.Schema is not { } schema)
                return null;
            if (common is null || (Width(common) >= 0 && Width(schema) > Width(common)))
                common = schema;
            else if (Width(schema) < 0 ? schema.Type != common.Type || schema.Name != common.Name : Width(common) < 0)
                return null;
        }
        return common;

        static int Width(Schema schema) => schema.Name is null ? Array.IndexOf(s_numbers, schema.Type) : -1;
    }

    private static object? Align(ConnectValue value, Schema? schema) => (schema?.Type, value.Value) switch
    {
        (_, null) => null,
        (SchemaType.Int16, IConvertible number) => number.ToInt16(CultureInfo.InvariantCulture),
        (SchemaType.Int32, IConvertible number) => number.ToInt32(CultureInfo.InvariantCulture),
        (SchemaType.Int64, IConvertible number) => number.ToInt64(CultureInfo.InvariantCulture),
        (SchemaType.Float32, IConvertible number) => number.ToSingle(CultureInfo.InvariantCulture),
        (SchemaType.Float64, IConvertible number) => number.ToDouble(CultureInfo.InvariantCulture),
        (_, var other) => other,
    };

    private sealed class Reader(string text)
    {
        private int _at;

        public bool IsAtEnd
        {
            get
            {
                SkipSpace();
                return _at == text.Length;
            }
        }

        /// <param name="depth">How many lists and maps may still open.</param>
        /// <param name="isWithin">Whether it is within a list or map, where text stands between quotation marks.</param>
        /// <param name="value">What was read.</param>
        public bool TryRead(int depth, bool isWithin, out ConnectValue value)
        {
            value = default;
            SkipSpace();
            if (_at == text.Length || depth == 0)
                return false;
            switch (text[_at])
            {
                case '[':
                    return TryReadList(depth, out value);
                case '{':
                    return TryReadMap(depth, out value);
                case '"' when isWithin:
                    return TryReadQuoted(out value);
            }
            var end = isWithin ? EndOfToken() : text.Length;
            var token = text[_at..end].Trim();
            _at = end;
            return TryParseToken(token, out value);
        }

        /// <summary>A colon belongs to a time; behind a map's key it is followed or preceded by something else.</summary>
        private int EndOfToken()
        {
            var end = _at;
            while (end < text.Length && text[end] is not (',' or ']' or '}' or '"'))
            {
                if (text[end] == ':' && !IsWithinTime(end))
                    break;
                end++;
            }
            return end;
        }

        private bool IsWithinTime(int at)
            => at >= 2 && at + 2 < text.Length && char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at - 2])
                && char.IsAsciiDigit(text[at + 1]) && char.IsAsciiDigit(text[at + 2])
                && text.AsSpan(at).IndexOf('Z') is >= 0 and <= 10;

        private bool TryReadList(int depth, out ConnectValue value)
        {
            value = default;
            var items = new List<ConnectValue>();
            _at++;
            for (var isFirst = true; !Take(']'); isFirst = false)
            {
                if ((!isFirst && !Take(',')) || !TryRead(depth - 1, isWithin: true, out var item))
                    return false;
                items.Add(item);
            }
            var schema = Common(items);
            value = ConnectValue.From(
                items.Select(item => Align(item, schema)).ToList(),
                schema is null ? null : new(SchemaType.Array, valueSchema: schema));
            return true;
        }

        private bool TryReadMap(int depth, out ConnectValue value)
        {
            value = default;
            var (keys, values) = (new List<ConnectValue>(), new List<ConnectValue>());
            _at++;
            for (var isFirst = true; !Take('}'); isFirst = false)
            {
                if ((!isFirst && !Take(',')) || !TryRead(depth - 1, isWithin: true, out var key) || key.IsNull
                    || !Take(':') || !TryRead(depth - 1, isWithin: true, out var item))
                {
                    return false;
                }
                keys.Add(key);
                values.Add(item);
            }
            var (keySchema, valueSchema) = (Common(keys), Common(values));
            var schema = keySchema is null || valueSchema is null ? null : new Schema(SchemaType.Map, keySchema: keySchema, valueSchema: valueSchema);
            var entries = keys.Zip(values, (key, item) => (Key: Align(key, keySchema)!, Value: Align(item, valueSchema)));
            value = ConnectValue.From(
                keys.TrueForAll(key => key.Value is string)
                    ? Last(entries.Select(entry => ((string)entry.Key, entry.Value)), StringComparer.Ordinal)
                    : Last(entries, EqualityComparer<object>.Default),
                schema);
            return true;
        }

        /// <summary>Of entries with one key the last one stays.</summary>
        private static Dictionary<TKey, object?> Last<TKey>(IEnumerable<(TKey Key, object? Value)> entries, IEqualityComparer<TKey> comparer)
            where TKey : notnull
        {
            var map = new Dictionary<TKey, object?>(comparer);
            foreach (var (key, value) in entries)
                map[key] = value;
            return map;
        }

        private bool TryReadQuoted(out ConnectValue value)
        {
            value = default;
            var content = new StringBuilder();
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '"')
                {
                    _at++;
                    value = ConnectValue.From(content.ToString(), new(SchemaType.String));
                    return true;
                }
                if (text[_at] == '\\' && _at + 1 < text.Length)
                    _at++;
                content.Append(text[_at]);
            }
            return false;
        }

        private bool Take(char expected)
        {
            SkipSpace();
            if (_at == text.Length || text[_at] != expected)
                return false;
            _at++;
            return true;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
                _at++;
        }
    }
}
