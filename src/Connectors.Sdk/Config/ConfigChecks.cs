using System.Globalization;

namespace Exports.Connectors.Sdk;

/// <summary>Checks for <see cref="ConfigKey.Check"/>, with Kafka Connect's messages.</summary>
public static class ConfigChecks
{
    /// <summary>A whole number that is at least <paramref name="min"/>.</summary>
    public static Func<object?, string?> AtLeast(long min) => value => BelowMin(value, min);

    /// <summary>A number that is at least <paramref name="min"/>.</summary>
    public static Func<object?, string?> AtLeast(double min) => value => BelowMin(value, min);

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public static Func<object?, string?> Between(long min, long max) => value => BelowMin(value, min) ?? AboveMax(value, max);

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public static Func<object?, string?> Between(double min, double max) => value => BelowMin(value, min) ?? AboveMax(value, max);

    /// <summary>One of some words, in this spelling.</summary>
    public static Func<object?, string?> OneOf(params string[] allowed)
        => value => allowed.Contains(value as string, StringComparer.Ordinal)
            ? null
            : $"String must be one of: {string.Join(", ", allowed)}";

    /// <summary>One of some words, in any case.</summary>
    public static Func<object?, string?> OneOfIgnoringCase(params string[] allowed)
        => value => allowed.Contains(value as string, StringComparer.OrdinalIgnoreCase)
            ? null
            : $"String must be one of (case insensitive): {string.Join(", ", allowed)}";

    /// <summary>A list whose every item is one of some words.</summary>
    public static Func<object?, string?> EachOneOf(params string[] allowed)
    {
        var check = OneOf(allowed);
        return value => (value as IReadOnlyList<string>)?.Select(check).FirstOrDefault(error => error is not null);
    }

    /// <summary>Text that is not empty. Says nothing where there is none.</summary>
    public static Func<object?, string?> NonEmpty { get; } = value => value is "" ? "String must be non-empty" : null;

    /// <summary>Text that is not empty and has no control characters (U+0000 to U+001F, U+007F to U+009F).</summary>
    public static Func<object?, string?> NonEmptyWithoutControlCharacters { get; } = value =>
    {
        if (value is not string text)
            return null;
        if (text.Length == 0)
            return "String may not be empty";
        var found = string.Join(", ", text.Where(char.IsControl).Select(c => ((int)c).ToString(CultureInfo.InvariantCulture)));
        return found.Length == 0
            ? null
            : $"String may not contain control sequences but had the following ASCII chars: {found}";
    };

    /// <summary>A list with at least one item, none of them empty.</summary>
    public static Func<object?, string?> NonEmptyList { get; } = value => value switch
    {
        IReadOnlyList<string> { Count: 0 } => "List must not be empty",
        IReadOnlyList<string> list when list.Contains("") => "List must not contain an empty item",
        _ => null,
    };

    /// <summary>Passes when all of the checks pass; else gives the message of the first that does not.</summary>
    public static Func<object?, string?> All(params Func<object?, string?>[] checks)
        => value => checks.Select(check => check(value)).FirstOrDefault(error => error is not null);

    private static string? BelowMin(object? value, long min) => value switch
    {
        int or short or long => Convert.ToInt64(value, CultureInfo.InvariantCulture) < min ? AtLeastText(min) : null,
        _ => BelowMin(value, (double)min),
    };

    private static string? BelowMin(object? value, double min)
        => value is null ? "Value must be non-null" : ToDouble(value) >= min ? null : AtLeastText(min);

    private static string? AboveMax(object? value, long max) => value switch
    {
        int or short or long => Convert.ToInt64(value, CultureInfo.InvariantCulture) > max ? NoMoreText(max) : null,
        _ => AboveMax(value, (double)max),
    };

    private static string? AboveMax(object? value, double max) => ToDouble(value) <= max ? null : NoMoreText(max);

    // NaN is neither at least nor at most anything, so both comparisons above refuse it.
    private static double ToDouble(object? value) => value switch
    {
        double or int or short or long => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A numeric check was given to a key whose values are of type " +
            $"{value?.GetType().Name ?? "null"}."),
    };

    private static string AtLeastText(IFormattable min)
        => $"Value must be at least {min.ToString(null, CultureInfo.InvariantCulture)}";

    private static string NoMoreText(IFormattable max)
        => $"Value must be no more than {max.ToString(null, CultureInfo.InvariantCulture)}";
}
