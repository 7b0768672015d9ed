using System.Text.Json;
using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Requests;
using Exports.Connectors.Sdk;

namespace Exports.Api.Operations;

/// <summary>The body of <c>POST /exports/preview</c>: a configuration or the name of a connector, how many records, and where from.</summary>
internal sealed record PreviewRequest(
    Dictionary<string, string?>? Config, string? Connector, int Limit, Dictionary<TopicPartition, long>? From)
{
    private const int MostRecords = 100;
    private const string Fields = "config, connector, limit, from";

    /// <summary>Takes the body apart.</summary>
    /// <exception cref="ApiException">A field is unknown, missing or wrong (400).</exception>
    public static PreviewRequest Parse(JsonElement body)
    {
        var result = new PreviewRequest(null, null, 10, null);
        foreach (var field in body.EnumerateObject())
        {
            result = field.Name switch
            {
                "config" => result with { Config = ConfigBody.Parse(Object(field)) },
                "connector" => result with { Connector = Text(field) },
                "limit" => result with { Limit = (int)Number(field, 1, MostRecords) },
                "from" => result with { From = Positions(field) },
                _ => throw ApiException.BadRequest($"Unrecognized field \"{field.Name}\"; known are {Fields}"),
            };
        }

        return (result.Config is null) == (result.Connector is null)
            ? throw ApiException.BadRequest("Either 'config' or 'connector' must be given, and not both.")
            : result;
    }

    private static Dictionary<TopicPartition, long> Positions(JsonProperty list)
    {
        if (list.Value.ValueKind != JsonValueKind.Array)
            throw Wrong(list, "an array");
        var positions = new Dictionary<TopicPartition, long>();
        foreach (var entry in list.Value.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object)
                throw ApiException.BadRequest($"Invalid value for an entry of 'from': must be an object, not {JsonKinds.Describe(entry)}");
            string? topic = null;
            long? partition = null;
            long? offset = null;
            foreach (var field in entry.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "topic":
                        topic = Text(field);
                        break;
                    case "partition":
                        partition = Number(field, 0, int.MaxValue);
                        break;
                    case "offset":
                        offset = Number(field, 0, long.MaxValue);
                        break;
                    default:
                        throw ApiException.BadRequest($"Unrecognized field \"{field.Name}\"; known are topic, partition, offset");
                }
            }

            if (topic is null || partition is null || offset is null)
                throw ApiException.BadRequest("An entry of 'from' must have topic, partition and offset.");
            positions[new(topic, (int)partition)] = offset.Value;
        }

        return positions;
    }

    private static JsonElement Object(JsonProperty field)
        => field.Value.ValueKind == JsonValueKind.Object ? field.Value : throw Wrong(field, "an object");

    private static string Text(JsonProperty field)
        => field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : throw Wrong(field, "a text");

    private static long Number(JsonProperty field, long min, long max)
        => field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw Wrong(field, $"a whole number from {min} to {max}");

    private static ApiException Wrong(JsonProperty field, string allowed)
        => ApiException.BadRequest(
            $"Invalid value for '{field.Name}': must be {allowed}, not "
            + (field.Value.ValueKind == JsonValueKind.Number ? field.Value.GetRawText() : JsonKinds.Describe(field.Value)));
}
