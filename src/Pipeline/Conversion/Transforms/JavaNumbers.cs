using System.Globalization;

namespace Exports.Pipeline.Transforms;

/// <summary>Writes floating point numbers as Java does: with the fewest digits that tell them apart, at least one behind the point.</summary>
internal static class JavaNumbers
{
    /// <summary>As <c>Double.toString</c>: <c>1.0</c>, <c>0.001</c>, <c>1.0E7</c>.</summary>
    public static string ToString(double number)
        => double.IsFinite(number) ? Write(number.ToString("R", CultureInfo.InvariantCulture)) : Special(number);

    /// <summary>As <c>Float.toString</c>.</summary>
    public static string ToString(float number)
        => float.IsFinite(number) ? Write(number.ToString("R", CultureInfo.InvariantCulture)) : Special(number);

    private static string Special(double number) => double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    /// <param name="shortest">The number with the fewest digits, in .NET's notation.</param>
    private static string Write(string shortest)
    {
        var sign = shortest[0] == '-' ? "-" : "";
        var parts = shortest[sign.Length..].Split('E');
        var point = parts[0].IndexOf('.') is >= 0 and var at ? at : parts[0].Length;
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.Trim('0');
        if (digits.Length == 0)
            return sign + "0.0";

        // The power of ten of the first digit.
        var exponent = point - 1 - (all.Length - all.TrimStart('0').Length)
            + (parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0);
        if (exponent is < -3 or >= 7)
            return $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{exponent}";
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 2, '0');
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
