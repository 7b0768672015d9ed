using System.Globalization;

namespace Exports.Demo.Events;

/// <summary>Times as events carry them: microseconds since 1970 in programs, ISO 8601 in JSON.</summary>
internal static class EventTime
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>The time by this clock.</summary>
    public static long Now(TimeProvider time) => Micros(time.GetUtcNow());

    /// <summary>A time in microseconds since 1970.</summary>
    public static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The text for JSON.</summary>
    public static string Format(long micros)
        => DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString(Form, CultureInfo.InvariantCulture);
}
