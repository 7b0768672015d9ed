using System.Globalization;
using System.Text.Json;

namespace Exports.Silo.Logging;

/// <summary>
/// The fields of one log line beside the fixed ones, in snake case. A name is used once in a line: of two values the first has it. One
/// that a fixed field has, that is taken, or whose number is no number gets <see cref="Prefix"/> before it.
/// </summary>
internal sealed class JsonFields(Utf8JsonWriter writer)
{
    public const string Prefix = "field_";
    private const string Template = "{OriginalFormat}";

    private readonly HashSet<string> _taken = new(s_fixed, StringComparer.Ordinal);

    private static readonly string[] s_fixed =
        ["timestamp", "level", "logger", "message", "event", "exception", "trace_id", "span_id"];

    // Whoever stores lines gives a field one type.
    private static readonly HashSet<string> s_numbers = new(["task", "partition", "offset"], StringComparer.Ordinal);

    /// <summary>Writes values that have a name and are not null; the template of a message is none.</summary>
    public void Write(IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (key, value) in values)
        {
            if (value is not null && key != Template)
                Write(key, value);
        }
    }

    private void Write(string key, object value)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(key);
        if (value is TimeSpan time)
        {
            value = time.TotalMilliseconds;
            name = name.EndsWith("_ms", StringComparison.Ordinal) ? name : name + "_ms";
        }

        if ((s_numbers.Contains(name) && !IsWhole(value)) || !_taken.Add(name))
        {
            name = Prefix + name;
            if (!_taken.Add(name))
                return;
        }

        switch (value)
        {
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                writer.WriteNumber(name, number);
                break;
            case decimal number:
                writer.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            case DateTime moment:
                writer.WriteString(name, moment);
                break;
            case DateTimeOffset moment:
                writer.WriteString(name, moment);
                break;
            default:
                // As text, whatever is in it: secrets are looked for in the text of values.
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static bool IsWhole(object value) => value is sbyte or byte or short or ushort or int or uint or long or ulong;
}
