using System.Text.Json.Nodes;

namespace Exports.Ctl.Files;

/// <summary>A connector as a file describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its configuration, with <c>name</c>.</param>
/// <param name="Extra">What counts only when it is created: <c>initial_state</c>, <c>initial_offsets</c>.</param>
internal sealed record ConnectorDefinition(string Name, JsonObject Config, IReadOnlyDictionary<string, JsonNode?> Extra)
{
    /// <summary>The body of <c>POST /connectors</c>.</summary>
    public JsonObject ToRequest()
    {
        var request = new JsonObject { ["name"] = Name, ["config"] = Config.DeepClone() };
        foreach (var (key, value) in Extra)
            request[key] = value?.DeepClone();
        return request;
    }
}
