using System.Text.Json;
using Exports.Rest.Client;

namespace Exports.Import;

/// <summary>Asks the target about each connector.</summary>
/// <param name="source">The Kafka Connect cluster.</param>
/// <param name="target">The worker that shall take over.</param>
internal sealed class Assessor(ConnectClient source, ConnectClient target)
{
    /// <summary>Assesses one connector.</summary>
    /// <exception cref="UnreachableException">The target does not answer.</exception>
    public async Task<Assessment> AssessAsync(SourceConnector connector, CancellationToken cancellationToken)
    {
        if (connector.Type == "source")
            return new(connector, ["It is a source connector; only sinks run here."], [], []);
        try
        {
            var config = new Dictionary<string, string>(connector.Config) { ["name"] = connector.Name };
            var validation = await target.ValidateAsync(config, cancellationToken);
            var errors = validation.GetProperty("configs").EnumerateArray()
                .SelectMany(key => Texts(key.GetProperty("value"), "errors")).ToList();
            return new(connector, errors, [.. Texts(validation, "warnings")], [.. RemarksOn(connector)]);
        }
        catch (RefusedException e)
        {
            return new(connector, [e.Message], [], []);
        }
    }

    private static IEnumerable<string> Texts(JsonElement from, string name)
        => from.TryGetProperty(name, out var texts) && texts.ValueKind == JsonValueKind.Array
            ? texts.EnumerateArray().Select(text => text.GetString()!)
            : [];

    private IEnumerable<string> RemarksOn(SourceConnector connector)
    {
        if (connector.IsActive)
        {
            yield return $"It is {connector.State} there, in the group {connector.Group}. Before it is resumed here: "
                + $"curl -X PUT {source.Address.ToString().TrimEnd('/')}/connectors/{Uri.EscapeDataString(connector.Name)}/stop "
                + "(before Kafka 3.5, delete it there instead).";
        }

        string[] unnamed = [.. new[] { "key.converter", "value.converter" }.Where(key => !connector.Config.ContainsKey(key))];
        if (unnamed.Length > 0)
            yield return $"It names no {string.Join(" and no ", unnamed)}: the worker's is used, which must be the same here as there.";
    }
}
