using System.CommandLine.Parsing;
using System.Globalization;

namespace Exports.Demo.Commands;

/// <summary>Reads times as people write them: 30s, 5m, 1h, 500ms.</summary>
internal static class Durations
{
    /// <summary>Reads the value of an option; null with an error for what is no time above 0.</summary>
    public static TimeSpan? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens[^1].Value;
        if (TryParse(text, out var duration))
            return duration;
        argument.AddError($"'{text}' is no time; allowed: a number above 0 with ms, s, m or h, as in 30s");
        return null;
    }

    /// <summary>Reads a time.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        if (digits <= 0 || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = text[digits..] switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => 0,
        };
        if (number * unit is <= 0 or > 86_400 * 365)
            return false;
        duration = TimeSpan.FromSeconds(number * unit);
        return true;
    }
}
