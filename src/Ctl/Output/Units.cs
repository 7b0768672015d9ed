using System.Globalization;
using System.Text;

namespace Exports.Ctl.Output;

/// <summary>Numbers, times and texts as people read them.</summary>
internal static class Units
{
    public static string? Count(double? number) => number?.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A rate: small ones with a decimal.</summary>
    public static string? Rate(double? number)
        => number?.ToString(number is > 0 and < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes, in the unit that keeps the number short.</summary>
    public static string? Bytes(double? number)
    {
        if (number is not { } value)
            return null;
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return $"{value.ToString(unit > 0 && value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>Milliseconds, as seconds or minutes where there are many.</summary>
    public static string? Milliseconds(double? number) => number switch
    {
        null => null,
        < 10 => $"{number.Value.ToString("0.0", CultureInfo.InvariantCulture)} ms",
        < 1000 => $"{number.Value.ToString("0", CultureInfo.InvariantCulture)} ms",
        < 120_000 => $"{(number.Value / 1000).ToString("0.0", CultureInfo.InvariantCulture)} s",
        _ => Duration(TimeSpan.FromMilliseconds(number.Value)),
    };

    /// <summary>A time as how long ago it is.</summary>
    public static string? Ago(DateTimeOffset? time, DateTimeOffset now) => time is { } given ? $"{Duration(now - given)} ago" : null;

    /// <summary>A time, in UTC and to the millisecond.</summary>
    public static string? Moment(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A duration in one unit, which keeps the number short.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 0 => "0 s",
        < 120 => FormattableString.Invariant($"{time.TotalSeconds:0} s"),
        < 7200 => FormattableString.Invariant($"{time.TotalMinutes:0} min"),
        < 172_800 => FormattableString.Invariant($"{time.TotalHours:0} h"),
        _ => FormattableString.Invariant($"{time.TotalDays:0} d"),
    };

    /// <summary>The first line of a text, with control characters shown instead of sent to the terminal.</summary>
    public static string? FirstLine(string? text)
    {
        if (text is null)
            return null;
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return Safe(end < 0 ? text : text[..end]);
    }

    /// <summary>A text whose control characters are shown instead of sent to the terminal; lines stay.</summary>
    public static string Safe(string text)
    {
        if (!text.Any(c => char.IsControl(c) && c != '\n'))
            return text;
        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '\n' || !char.IsControl(c))
                safe.Append(c);
            else if (c != '\r')
                safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
        }

        return safe.ToString();
    }
}
