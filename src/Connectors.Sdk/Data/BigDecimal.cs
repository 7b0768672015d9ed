using System.Globalization;
using System.Numerics;
using System.Text;

namespace Exports.Connectors.Sdk;

/// <summary>
/// A decimal number of any size: <see cref="Unscaled"/> × 10^−<see cref="Scale"/>. It is what values of the logical type
/// <see cref="LogicalTypes.Decimal"/> are held in, because databases have decimals beyond the 28 digits of <see cref="decimal"/>.
/// Equality takes the scale into account: 1.0 and 1.00 are not equal.
/// </summary>
/// <param name="Unscaled">All digits, as a whole number.</param>
/// <param name="Scale">How many of them are behind the decimal point; negative for trailing zeros before it.</param>
public readonly record struct BigDecimal(BigInteger Unscaled, int Scale)
{
    /// <summary>The same number with the same scale.</summary>
    public static implicit operator BigDecimal(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var magnitude = (new BigInteger((uint)bits[2]) << 64) + (new BigInteger((uint)bits[1]) << 32) + (uint)bits[0];
        return new(bits[3] < 0 ? -magnitude : magnitude, (bits[3] >> 16) & 0xff);
    }

    /// <summary>The same number, exactly.</summary>
    /// <exception cref="OverflowException">
    /// It has more digits than a <see cref="decimal"/> holds, or a scale outside 0 to 28.
    /// </exception>
    public static explicit operator decimal(BigDecimal value)
    {
        if (value.Scale is < 0 or > 28 || BigInteger.Abs(value.Unscaled).GetBitLength() > 96)
            throw new OverflowException($"{value} has no exact form as a System.Decimal.");
        var magnitude = BigInteger.Abs(value.Unscaled);
        return new(
            unchecked((int)(uint)(magnitude & uint.MaxValue)),
            unchecked((int)(uint)((magnitude >> 32) & uint.MaxValue)),
            unchecked((int)(uint)(magnitude >> 64)),
            value.Unscaled.Sign < 0,
            (byte)value.Scale);
    }

    /// <summary>Reads a number as JSON writes it: <c>-12.50</c>, <c>1e-7</c>. The scale is that of the text.</summary>
    /// <returns>False when the text is not a number, or its exponent is beyond ±1,000,000.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out BigDecimal value)
    {
        value = default;
        var exponent = 0;
        var mantissa = text;
        var exponentAt = text.IndexOfAny('e', 'E');
        if (exponentAt >= 0)
        {
            mantissa = text[..exponentAt];
            if (!int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || exponent is < -1_000_000 or > 1_000_000)
            {
                return false;
            }
        }

        var scale = 0;
        var point = mantissa.IndexOf('.');
        var digits = mantissa;
        if (point >= 0)
        {
            scale = mantissa.Length - point - 1;
            digits = $"{mantissa[..point]}{mantissa[(point + 1)..]}";
        }
        if (!BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var unscaled))
            return false;
        value = new(unscaled, scale - exponent);
        return true;
    }

    /// <summary>
    /// Digits with a decimal point, or in scientific notation where that would need many zeros (a negative scale, or more
    /// than six zeros after the point). Reading it back gives an equal value.
    /// </summary>
    public override string ToString()
    {
        if (Scale == 0)
            return Unscaled.ToString(CultureInfo.InvariantCulture);
        var digits = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture);
        var exponent = -(long)Scale + digits.Length - 1;
        var text = new StringBuilder(digits.Length + 16);
        if (Unscaled.Sign < 0)
            text.Append('-');
        if (Scale > 0 && exponent >= -6)
        {
            var whole = digits.Length - Scale;
            if (whole > 0)
                text.Append(digits, 0, whole).Append('.').Append(digits, whole, Scale);
            else
                text.Append("0.").Append('0', -whole).Append(digits);
            return text.ToString();
        }

        text.Append(digits[0]);
        if (digits.Length > 1)
            text.Append('.').Append(digits, 1, digits.Length - 1);
        text.Append('E').Append(exponent >= 0 ? "+" : "");
        return text.Append(exponent.ToString(CultureInfo.InvariantCulture)).ToString();
    }
}
