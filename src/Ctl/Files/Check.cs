using Exports.Ctl.Output;
using Exports.Ctl.Server;
using Exports.Rest.Client;

namespace Exports.Ctl.Files;

/// <summary>What the worker says to a configuration before it is used.</summary>
/// <param name="Name">The connector.</param>
/// <param name="Errors">Why it cannot be used: the key and what is wrong with it.</param>
/// <param name="Warnings">What has no effect.</param>
internal sealed record Check(string Name, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings)
{
    /// <summary>Has configurations checked, a few at once.</summary>
    public static Task<IReadOnlyList<Check>> AllAsync(
        ConnectApi api, IReadOnlyList<ConnectorDefinition> definitions, bool isPreflight, CancellationToken cancellationToken)
        => ConnectApi.EachAsync(definitions, (definition, token) => OfAsync(api, definition, isPreflight, token), cancellationToken);

    private static async Task<Check> OfAsync(ConnectApi api, ConnectorDefinition definition, bool isPreflight, CancellationToken cancellationToken)
    {
        try
        {
            var validation = await api.ValidateAsync(definition.Config, isPreflight, cancellationToken);
            return new(
                definition.Name,
                [
                    .. validation.Objects("configs")
                        .SelectMany(key => key["value"]?["errors"]?.AsArray().Select(error => $"{key.Text("value", "name")}: {error}") ?? []).Distinct(),
                ],
                [.. (validation["warnings"]?.AsArray() ?? []).Select(warning => warning!.ToString())]);
        }
        catch (RefusedException e)
        {
            return new(definition.Name, [e.Message], []);
        }
    }
}
