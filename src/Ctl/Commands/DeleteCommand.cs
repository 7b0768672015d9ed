using System.CommandLine;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>delete</c>: connectors, with their offsets.</summary>
internal static class DeleteCommand
{
    private const int NamedInQuestion = 5;

    public static Command Create(CommandContext context)
    {
        var patterns = StateCommands.Several(context);
        var yes = StateCommands.Yes();
        return context.Command("delete", "Deletes connectors and their offsets, after asking.", [patterns, yes], async (parsed, session, cancellationToken) =>
        {
            var names = ConnectorPatterns.Choose(await session.Api.NamesAsync(cancellationToken), name => name, parsed.GetValue(patterns)!);
            if (!parsed.GetValue(yes))
                session.Confirm($"{Listed(names)} will be deleted with {(names.Count == 1 ? "its" : "their")} offsets");
            return Outcome.Report(session, await ConnectApi.EachAsync(
                names,
                (name, token) => Outcome.OfAsync(name, async () =>
                {
                    await session.Api.ChangeAsync(HttpMethod.Delete, name, "", null, token);
                    return "deleted";
                }),
                cancellationToken));
        });
    }

    private static string Listed(IReadOnlyList<string> names)
        => names.Count <= NamedInQuestion
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(NamedInQuestion))} and {names.Count - NamedInQuestion} more connectors";
}
