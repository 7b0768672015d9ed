using System.Text.Json;
using Exports.Api.Errors;
using Exports.Api.Requests;
using Exports.Grains;

namespace Exports.Api.Connectors;

/// <summary>The body of <c>POST /connectors</c>.</summary>
/// <param name="Name">The name without what surrounds it; empty when there was none.</param>
/// <param name="Config">The configuration as it was given.</param>
/// <param name="InitialState">The state to create it in.</param>
/// <param name="InitialOffsets">Where it shall begin; null for where its Kafka group stands.</param>
internal sealed record CreateConnectorRequest(
    string Name, Dictionary<string, string?> Config, TargetState InitialState, List<OffsetChange>? InitialOffsets)
{
    /// <exception cref="ApiException">A field is unknown or of the wrong type, or there is no configuration (400).</exception>
    public static CreateConnectorRequest Parse(JsonElement body)
    {
        var name = "";
        Dictionary<string, string?>? config = null;
        var state = TargetState.Running;
        List<OffsetChange>? offsets = null;
        foreach (var field in body.EnumerateObject())
        {
            switch (field.Name)
            {
                case "name":
                    name = Trim(Text(field));
                    break;
                case "config" when field.Value.ValueKind == JsonValueKind.Object:
                    config = ConfigBody.Parse(field.Value);
                    break;
                case "config" when field.Value.ValueKind != JsonValueKind.Null:
                    throw WrongType(field, "an object");
                case "initial_state":
                    state = State(Text(field));
                    break;
                case "initial_offsets" when field.Value.ValueKind != JsonValueKind.Null:
                    offsets = OffsetsBody.ParseList(field.Value);
                    break;
                case "config" or "initial_offsets":
                    break;
                default:
                    throw ApiException.BadRequest(
                        $"Unrecognized field \"{field.Name}\"; known are name, config, initial_state, initial_offsets");
            }
        }
        return config is null
            ? throw ApiException.BadRequest("The request has no 'config': the connector's configuration as a JSON object")
            : new(name, config, state, offsets);
    }

    private static string Text(JsonProperty field)
        => field.Value.ValueKind == JsonValueKind.Null ? "" : JsonKinds.AsText(field.Value) ?? throw WrongType(field, "a string");

    // What Java calls white space when it trims: every character up to the space, and no other.
    private static string Trim(string name)
    {
        var span = name.AsSpan();
        while (span is [<= ' ', ..])
            span = span[1..];
        while (span is [.., <= ' '])
            span = span[..^1];
        return span.ToString();
    }

    private static TargetState State(string text) => text.ToUpperInvariant() switch
    {
        "" or "RUNNING" => TargetState.Running,
        "PAUSED" => TargetState.Paused,
        "STOPPED" => TargetState.Stopped,
        _ => throw ApiException.BadRequest(
            $"Invalid value '{text}' for 'initial_state': must be one of RUNNING, PAUSED, STOPPED"),
    };

    private static ApiException WrongType(JsonProperty field, string wanted)
        => ApiException.BadRequest($"Invalid value for '{field.Name}': must be {wanted}, not {JsonKinds.Describe(field.Value)}");
}
