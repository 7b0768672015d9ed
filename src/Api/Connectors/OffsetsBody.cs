using System.Globalization;
using System.Text.Json;
using Exports.Api.Errors;
using Exports.Api.Requests;
using Exports.Grains;

namespace Exports.Api.Connectors;

/// <summary>Reads offsets of partitions from JSON, as <c>GET /connectors/{name}/offsets</c> writes them.</summary>
internal static class OffsetsBody
{
    private const string Topic = "kafka_topic";
    private const string Partition = "kafka_partition";
    private const string Offset = "kafka_offset";

    /// <summary>The body of <c>PATCH /connectors/{name}/offsets</c>.</summary>
    /// <exception cref="ApiException">A field is unknown, missing or of the wrong type (400).</exception>
    public static List<OffsetChange> Parse(JsonElement body)
    {
        JsonElement offsets = default;
        foreach (var field in body.EnumerateObject())
        {
            if (field.Name != "offsets")
                throw Unrecognized(field, "offsets");
            offsets = field.Value;
        }

        return ParseList(offsets);
    }

    /// <summary>A list of partitions and offsets; of a partition that occurs twice, the last entry counts.</summary>
    /// <exception cref="ApiException">It is no list, is empty, or an entry is wrong (400).</exception>
    public static List<OffsetChange> ParseList(JsonElement list)
    {
        if (list.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined))
            throw ApiException.BadRequest($"Invalid value for 'offsets': must be an array, not {JsonKinds.Describe(list)}");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw ApiException.BadRequest("Partitions / offsets need to be provided for an alter offsets request");
        var changes = new Dictionary<PartitionRef, OffsetChange>();
        foreach (var entry in list.EnumerateArray())
        {
            var change = ParseEntry(entry);
            changes[new(change.Topic, change.Partition)] = change;
        }

        return [.. changes.Values];
    }

    private static OffsetChange ParseEntry(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            throw ApiException.BadRequest($"Invalid value for an entry of 'offsets': must be an object, not {JsonKinds.Describe(entry)}");
        JsonElement partition = default;
        JsonElement offset = default;
        foreach (var field in entry.EnumerateObject())
        {
            if (field.Name is not ("partition" or "offset"))
                throw Unrecognized(field, "partition, offset");
            if (field.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
                throw ApiException.BadRequest($"Invalid value for '{field.Name}': must be an object, not {JsonKinds.Describe(field.Value)}");
            if (field.Name == "partition")
                partition = field.Value;
            else
                offset = field.Value;
        }

        var (topic, number) = ParsePartition(partition);
        return new(topic, number, ParseOffset(offset));
    }

    private static (string Topic, int Number) ParsePartition(JsonElement partition)
    {
        if (partition.ValueKind != JsonValueKind.Object)
            throw ApiException.BadRequest("The partition for a sink connector offset cannot be null or missing");
        if (!partition.TryGetProperty(Topic, out var topic) || !partition.TryGetProperty(Partition, out var number))
        {
            throw ApiException.BadRequest(
                $"The partition for a sink connector offset must contain the keys '{Topic}' and '{Partition}'");
        }

        if (JsonKinds.AsText(topic) is not { Length: > 0 } name)
            throw ApiException.BadRequest("Kafka topic names must be valid strings and may not be null");
        if (number.ValueKind == JsonValueKind.Null)
            throw ApiException.BadRequest("Kafka partitions must be valid numbers and may not be null");
        if (!int.TryParse(Text(number), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed))
        {
            throw ApiException.BadRequest(
                $"Failed to parse the following Kafka partition value in the provided offsets: '{Text(number)}'. "
                + "Partition values for sink connectors need to be integers.");
        }

        return parsed >= 0 ? (name, parsed) : throw Negative(Partition, Text(number));
    }

    private static long? ParseOffset(JsonElement offset)
    {
        if (offset.ValueKind != JsonValueKind.Object)
            return null;
        if (!offset.TryGetProperty(Offset, out var value))
            throw ApiException.BadRequest($"The offset for a sink connector should either be null or contain the key '{Offset}'");
        if (!long.TryParse(Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed))
        {
            throw ApiException.BadRequest(
                $"Failed to parse the following Kafka offset value in the provided offsets: '{Text(value)}'. "
                + "Offset values for sink connectors need to be integers.");
        }

        return parsed >= 0 ? parsed : throw Negative(Offset, Text(value));
    }

    private static string Text(JsonElement value) => JsonKinds.AsText(value) ?? value.GetRawText();

    private static ApiException Negative(string key, string value)
        => ApiException.BadRequest($"Invalid value {value} for '{key}': must be at least 0");

    private static ApiException Unrecognized(JsonProperty field, string known)
        => ApiException.BadRequest($"Unrecognized field \"{field.Name}\"; known are {known}");
}
