using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;

namespace Exports.Ctl.Commands;

/// <summary><c>plugins</c>: what the worker can run, and the keys of a plugin.</summary>
internal static class PluginsCommand
{
    public static Command Create(CommandContext context)
    {
        var plugin = new Argument<string?>("plugin") { Description = "A plugin, by its class or its short name: shows its keys.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Converters, transforms and the others as well." };
        return context.Command("plugins", "Lists the connectors that the worker can run, or the keys of one.", [plugin, all], async (parsed, session, cancellationToken) =>
        {
            if (parsed.GetValue(plugin) is { } name)
            {
                var keys = await session.Api.PluginKeysAsync(name, cancellationToken);
                session.Write(() => keys, keys.Select(key => key.Text("name")!), () => session.Show(Column<JsonObject>.Table(
                    [.. keys.OfType<JsonObject>()],
                    new("KEY", key => key.Text("name")),
                    new("TYPE", key => key.Text("type")),
                    new("DEFAULT", key => key.Text("required") == "true" ? "required" : Units.FirstLine(key.Text("default_value"))),
                    new("IMPORTANCE", key => key.Text("importance")),
                    new("MEANING", key => key.Text("documentation")?.ReplaceLineEndings(" "), IsLong: true))));
                return ExitCode.Done;
            }

            var plugins = await session.Api.PluginsAsync(parsed.GetValue(all), cancellationToken);
            session.Write(() => plugins, plugins.Select(entry => entry.Text("class")!), () => session.Show(Column<JsonObject>.Table(
                [.. plugins.OfType<JsonObject>()],
                new("CLASS", entry => entry.Text("class")),
                new("TYPE", entry => entry.Text("type")),
                new("VERSION", entry => entry.Text("version")))));
            return ExitCode.Done;
        });
    }
}
