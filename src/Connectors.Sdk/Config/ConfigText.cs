using System.Globalization;

namespace Exports.Connectors.Sdk;

/// <summary>Turns configuration text into values and back, by Kafka Connect's rules.</summary>
internal static class ConfigText
{
    private const NumberStyles Integer = NumberStyles.AllowLeadingSign;

    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    /// <summary>The parsed value, or what is wrong with the text.</summary>
    public static (object? Value, string? Error) Parse(string text, ConfigType type)
    {
        var trimmed = Trim(text);
        return type switch
        {
            ConfigType.Boolean => ParseBoolean(trimmed),
            ConfigType.Int => int.TryParse(trimmed, Integer, s_invariant, out var number) ? (number, null) : NotANumber(type),
            ConfigType.Short => short.TryParse(trimmed, Integer, s_invariant, out var number) ? (number, null) : NotANumber(type),
            ConfigType.Long => long.TryParse(trimmed, Integer, s_invariant, out var number) ? (number, null) : NotANumber(type),
            ConfigType.Double => double.TryParse(trimmed, NumberStyles.Float, s_invariant, out var number)
                ? (number, null)
                : NotANumber(type),
            ConfigType.List => (SplitList(trimmed), null),
            _ => (trimmed, null),
        };
    }

    /// <summary>The value as a configuration holds it.</summary>
    public static string? Format(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        IReadOnlyList<string> list => string.Join(',', list),
        IFormattable number => number.ToString(null, s_invariant),
        _ => value.ToString(),
    };

    /// <summary>The value as messages show it.</summary>
    public static string Describe(object? value)
        => value is IReadOnlyList<string> list ? $"[{string.Join(", ", list)}]" : Format(value) ?? "null";

    private static (object?, string?) ParseBoolean(string trimmed)
    {
        if (trimmed.Equals("true", StringComparison.OrdinalIgnoreCase))
            return (true, null);
        return trimmed.Equals("false", StringComparison.OrdinalIgnoreCase)
            ? (false, null)
            : (null, "Expected value to be either true or false");
    }

    private static (object?, string?) NotANumber(ConfigType type)
        => (null, $"Not a number of type {type.ToString().ToUpperInvariant()}");

    private static string[] SplitList(string trimmed) => trimmed.Length == 0 ? [] : [.. trimmed.Split(',').Select(Trim)];

    // Java's trim: everything up to and including the space, and nothing beyond (a no-break space stays).
    private static string Trim(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && text[start] <= ' ')
            start++;
        while (end > start && text[end - 1] <= ' ')
            end--;
        return text[start..end];
    }
}
