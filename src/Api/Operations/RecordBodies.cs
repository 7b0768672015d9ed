using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Api.Operations;

/// <summary>Writes records for people: what is JSON as JSON, other text as text, the rest in base64; and no secrets.</summary>
internal sealed class RecordBodies(Func<string, string> redact)
{
    // A record of many megabytes helps nobody on a page.
    private const int LongestText = 64 * 1024;

    public PreviewRecordBody From(PreviewedRecord record) => new()
    {
        Topic = record.Raw.Topic,
        Partition = record.Raw.Partition,
        Offset = record.Raw.Offset,
        Timestamp = record.Raw.Timestamp < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(record.Raw.Timestamp),
        Before = Before(record.Raw),
        After = record.Converted is { } converted ? After(converted) : null,
        Dropped = record.Converted is null && record.Error is null ? true : null,
        Error = record.Error is { } error ? new(error.StageName, error.ClassName, redact(error.Message)) : null,
    };

    private RecordBody Before(SinkRecord record) => new(
        null, Value(record.Key), Value(record.Value), Headers(record.Headers), Size(record.Key), Size(record.Value));

    private RecordBody After(SinkRecord record)
        => new(redact(record.Topic), Value(record.Key), Value(record.Value), Headers(record.Headers), null, null);

    private static int? Size(ConnectValue value) => value.IsNull ? null : value.Bytes.Length;

    private Dictionary<string, JsonNode?> Headers(IReadOnlyList<Header> headers)
    {
        var result = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (key, value) in headers)
            result[redact(key)] = Value(value);
        return result;
    }

    private JsonNode? Value(ConnectValue value)
    {
        if (value.IsNull)
            return null;
        if (value.Kind is ConnectValueKind.Bytes or ConnectValueKind.Utf8)
            return Bytes(value.Bytes.Span, value.Kind == ConnectValueKind.Bytes);
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, ConnectJson.WriterOptions))
            ConnectJson.Write(writer, value, replaceNullWithDefault: false);
        return Json(text.WrittenSpan) ?? Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private JsonNode? Bytes(ReadOnlySpan<byte> bytes, bool mayBeJson)
    {
        if (bytes.Length > LongestText)
            return new JsonObject { ["truncated"] = true, ["bytes"] = bytes.Length };
        if (!Utf8.IsValid(bytes))
            return new JsonObject { ["base64"] = Convert.ToBase64String(bytes) };
        return (mayBeJson ? Json(bytes) : null) ?? redact(Encoding.UTF8.GetString(bytes));
    }

    /// <summary>The JSON in which texts have no secrets; null when it is none, or only a number or the like.</summary>
    private JsonNode? Json(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8) is (JsonObject or JsonArray) and var node ? Redacted(node) : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private JsonNode? Redacted(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                foreach (var (name, value) in json.ToList())
                    json[name] = Redacted(value);
                return json;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    list[i] = Redacted(list[i]);
                return list;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                var safe = redact(text);
                return safe == text ? value : JsonValue.Create(safe);
            default:
                return node;
        }
    }
}
