using System.CommandLine;
using Exports.Ctl.Files;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>create</c>: connectors that are not there yet.</summary>
internal static class CreateCommand
{
    public static Command Create(CommandContext context)
    {
        var files = DefinitionOptions.Files();
        return context.Command(
            "create", "Creates the connectors of files. One that exists is left as it is, and said so.", [files],
            async (parsed, session, cancellationToken) =>
            {
                var definitions = ConnectorFiles.Read(parsed.GetValue(files)!, session.Input);
                return Outcome.Report(session, await ConnectApi.EachAsync(
                    definitions,
                    (definition, token) => Outcome.OfAsync(definition.Name, async () =>
                    {
                        await session.Api.CreateAsync(definition.ToRequest(), token);
                        return "created";
                    }),
                    cancellationToken));
            });
    }
}
