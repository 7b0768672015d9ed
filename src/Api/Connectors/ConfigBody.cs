using System.Text.Json;
using Exports.Api.Errors;
using Exports.Api.Requests;

namespace Exports.Api.Connectors;

/// <summary>Reads a connector configuration from JSON.</summary>
internal static class ConfigBody
{
    /// <summary>
    /// Every value as text: numbers as they are written, booleans as <c>true</c> and <c>false</c>; null stays null. Of a key
    /// that occurs twice, the last one counts.
    /// </summary>
    /// <exception cref="ApiException">A value is an object or an array (400).</exception>
    public static Dictionary<string, string?> Parse(JsonElement config)
    {
        var result = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var entry in config.EnumerateObject())
        {
            if (entry.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw ApiException.BadRequest(
                    $"Invalid value for configuration {entry.Name}: must be a string, number or boolean, "
                    + $"not {JsonKinds.Describe(entry.Value)}");
            }
            result[entry.Name] = JsonKinds.AsText(entry.Value);
        }
        return result;
    }
}
