using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>get</c>: configurations, in the form that <c>apply</c> takes.</summary>
internal static class GetCommand
{
    public static Command Create(CommandContext context)
    {
        var patterns = context.Patterns(ArgumentArity.ZeroOrMore, "Names or patterns, as in 'orders-*'; none for all.");
        return context.Command(
            "get",
            "Prints configurations as JSON, as they were given, passwords too: a backup, or what apply takes.",
            [patterns],
            async (parsed, session, cancellationToken) =>
            {
                var names = ConnectorPatterns.Choose(await session.Api.NamesAsync(cancellationToken), name => name, parsed.GetValue(patterns)!);
                if (session.Format == OutputFormat.Name)
                {
                    foreach (var name in names)
                        session.Output.WriteLine(name);
                    return ExitCode.Done;
                }

                var configs = await ConnectApi.EachAsync(names, session.Api.ConfigAsync, cancellationToken);
                session.WriteJson(new JsonArray([.. names.Zip(configs, (name, config) => new JsonObject { ["name"] = name, ["config"] = config })]));
                return ExitCode.Done;
            });
    }
}
