using System.Globalization;
using System.Text.Json.Nodes;

namespace Exports.Ctl.Output;

/// <summary>Reads fields that may be absent.</summary>
internal static class JsonFields
{
    /// <summary>A field's text, or null.</summary>
    public static string? Text(this JsonNode? json, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            json = json is JsonObject fields ? fields[name] : null;
        return json?.ToString();
    }

    /// <summary>A field's number, or null.</summary>
    public static double? Number(this JsonNode? json, params ReadOnlySpan<string> path)
        => double.TryParse(Text(json, path), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A field's time, or null.</summary>
    public static DateTimeOffset? Time(this JsonNode? json, params ReadOnlySpan<string> path)
        => DateTimeOffset.TryParse(Text(json, path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The objects of an array, none where it is absent.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? json, string name)
        => (json as JsonObject)?[name] is JsonArray array ? array.OfType<JsonObject>() : [];
}
