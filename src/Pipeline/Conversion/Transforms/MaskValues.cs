using System.Collections;
using System.Globalization;
using System.Numerics;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>What <see cref="MaskField"/> puts in the place of values: something of the same type.</summary>
/// <param name="replacement">The text that is made into that type; null for the type's zero or empty value.</param>
internal sealed class MaskValues(string? replacement)
{
    private static readonly Dictionary<Type, object> s_empty = new()
    {
        [typeof(bool)] = false,
        [typeof(sbyte)] = (sbyte)0,
        [typeof(short)] = (short)0,
        [typeof(int)] = 0,
        [typeof(long)] = 0L,
        [typeof(float)] = 0f,
        [typeof(double)] = 0d,
        [typeof(BigInteger)] = BigInteger.Zero,
        [typeof(DateTimeOffset)] = DateTimeOffset.UnixEpoch,
        [typeof(string)] = "",
    };

    private readonly Dictionary<Type, object> _replacements = [];

    /// <summary>What comes in the place of a value; null for null.</summary>
    /// <exception cref="DataException">There is nothing for values of its type.</exception>
    public object? For(object? value) => value switch
    {
        null => null,
        decimal number => Decimal(((BigDecimal)number).Scale),
        BigDecimal number => Decimal(number.Scale),
        _ => replacement is null ? Empty(value) : Replacement(value),
    };

    private static object Empty(object value)
    {
        if (s_empty.TryGetValue(value.GetType(), out var empty))
            return empty;
        return value switch
        {
            byte[] => throw new DataException($"Cannot mask value of type: {Require.TypeName(value)}"),
            IReadOnlyDictionary<string, object?> => new Dictionary<string, object?>(StringComparer.Ordinal),
            IDictionary => new Dictionary<object, object?>(),
            IEnumerable => Array.Empty<object?>(),
            _ => throw new DataException($"Cannot mask value of type: {Require.TypeName(value)}"),
        };
    }

    private object Replacement(object value)
    {
        var type = value.GetType();
        if (!_replacements.TryGetValue(type, out var made))
            _replacements.Add(type, made = Make(type, value));
        return made;
    }

    private object Make(Type type, object value) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => (sbyte)Whole(sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Int16 => (short)Whole(short.MinValue, short.MaxValue),
        TypeCode.Int32 => (int)Whole(int.MinValue, int.MaxValue),
        TypeCode.Int64 => Whole(long.MinValue, long.MaxValue),
        TypeCode.Single => (float)Floating(),
        TypeCode.Double => Floating(),
        TypeCode.String => replacement!,
        _ when value is BigInteger => BigInteger.TryParse(replacement, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NotANumber("whole number"),
        _ => throw new DataException($"Cannot mask value of type {Require.TypeName(value)} with custom replacement."),
    };

    /// <summary>What is behind the decimal point is cut off, as in the original; a number that is too large is an error here.</summary>
    private long Whole(long min, long max)
    {
        const int moreThanLong = 20;
        if (!BigDecimal.TryParse(replacement, out var number))
            throw NotANumber("number");
        var whole = number.Scale >= 0
            ? BigInteger.Divide(number.Unscaled, BigInteger.Pow(10, number.Scale))
            : number.Unscaled * BigInteger.Pow(10, Math.Min(-number.Scale, moreThanLong));
        return whole >= min && whole <= max
            ? (long)whole
            : throw new DataException($"The replacement {replacement} does not fit a field of the range {min} to {max}.");
    }

    private double Floating()
        => double.TryParse(replacement, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NotANumber("number");

    /// <summary>With as many digits behind the point as the masked value has, because its schema asks for that many.</summary>
    private BigDecimal Decimal(int scale)
    {
        if (replacement is null)
            return new(BigInteger.Zero, scale);
        if (!BigDecimal.TryParse(replacement, out var number))
            throw NotANumber("number");
        return number.Scale < scale ? new(number.Unscaled * BigInteger.Pow(10, scale - number.Scale), scale) : number;
    }

    private DataException NotANumber(string what) => new($"Unable to convert the replacement {replacement} to a {what}.");
}
