using System.Text.Json;

namespace Exports.Demo.Events;

/// <summary>Reads back what <see cref="EventSource"/> made.</summary>
internal static class EventReader
{
    /// <summary>Reads an event; false when it is not a whole JSON object with a sequence number and a time.</summary>
    /// <param name="json">The event.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="time">Its time in microseconds since 1970.</param>
    public static bool TryRead(ReadOnlySpan<byte> json, out long sequence, out long time)
    {
        (sequence, time) = (-1, -1);
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (reader.ValueTextEquals("sequence"u8))
                {
                    if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out sequence))
                        return false;
                }
                else if (reader.ValueTextEquals("event_time"u8))
                {
                    if (!reader.Read() || reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var at))
                        return false;
                    time = EventTime.Micros(at);
                }
            }

            return sequence >= 0 && time >= 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
