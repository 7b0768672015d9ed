using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Files;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>diff</c>: what <c>apply</c> would change.</summary>
internal static class DiffCommand
{
    public static Command Create(CommandContext context)
    {
        var files = DefinitionOptions.Files();
        return context.Command(
            "diff", "Shows what apply would change, without passwords. Exit code 0: nothing; 1: something.", [files],
            async (parsed, session, cancellationToken) =>
            {
                var differences = (await ConnectApi.EachAsync(
                    ConnectorFiles.Read(parsed.GetValue(files)!, session.Input), (definition, token) => CompareAsync(session.Api, definition, token), cancellationToken))
                    .Where(entry => entry.IsNew || entry.Keys.Count > 0).ToList();
                session.Write(
                    () => new JsonArray([.. differences.Select(ToJson)]),
                    differences.Select(entry => entry.Name),
                    () =>
                    {
                        foreach (var entry in differences)
                            Print(session.Output, entry);
                    });
                return differences.Count > 0 ? ExitCode.Refused : ExitCode.Done;
            });
    }

    private static async Task<Difference> CompareAsync(ConnectApi api, ConnectorDefinition definition, CancellationToken cancellationToken)
    {
        var config = await api.FindConfigAsync(definition.Name, cancellationToken);
        var keys = ConfigDifference.Between(config, definition.Config);
        if (keys.Count == 0)
            return new(definition.Name, config is null, []);
        var all = new JsonObject(config?.Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())) ?? []);
        foreach (var (key, value) in definition.Config)
            all[key] = value?.DeepClone();
        var secrets = await Secrets.OfAsync(api, all, cancellationToken);
        return new(
            definition.Name, config is null,
            [.. keys.Select(key => key with { Before = secrets.Masked(key.Key, key.Before), After = secrets.Masked(key.Key, key.After) })]);
    }

    private static void Print(TextWriter output, Difference difference)
    {
        output.WriteLine(difference.IsNew ? $"{difference.Name} (new)" : difference.Name);
        foreach (var key in difference.Keys)
        {
            if (key.Before is not null)
                output.WriteLine($"  - {key.Key} = {Units.Safe(key.Before)}");
            if (key.After is not null)
                output.WriteLine($"  + {key.Key} = {Units.Safe(key.After)}");
        }
    }

    private static JsonObject ToJson(Difference difference) => new()
    {
        ["name"] = difference.Name,
        ["new"] = difference.IsNew,
        ["keys"] = new JsonArray([.. difference.Keys.Select(key => new JsonObject { ["key"] = key.Key, ["before"] = key.Before, ["after"] = key.After })]),
    };

    private sealed record Difference(string Name, bool IsNew, IReadOnlyList<ConfigDifference> Keys);
}
