using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>list</c>: connectors, the worst first.</summary>
internal static class ListCommand
{
    public static Command Create(CommandContext context)
    {
        var patterns = context.Patterns(ArgumentArity.ZeroOrMore, "Names or patterns, as in 'orders-*'; none for all.");
        var health = Words("--health", "Only connectors of this health, or several separated by commas.", States.Healths);
        var state = Words("--state", "Only connectors in this state, or several separated by commas.", States.All);
        var sort = Sort();
        return context.Command("list", "Lists connectors, those in trouble first.", [patterns, health, state, sort], async (parsed, session, cancellationToken) =>
        {
            if (parsed.GetValue(health) is { Length: > 0 })
                await session.Api.RequireExportsAsync("--health", cancellationToken);
            var rows = ConnectorPatterns.Choose(await session.Api.RowsAsync(cancellationToken), row => row.Text("name")!, parsed.GetValue(patterns)!);
            var chosen = ConnectorTable.Sorted(
                rows.Where(row => Has(parsed.GetValue(health), row.Text("health")) && Has(parsed.GetValue(state), row.Text("state"))), parsed.GetValue(sort)!);
            session.Write(
                () => new JsonArray([.. chosen.Select(row => row.DeepClone())]),
                chosen.Select(row => row.Text("name")!),
                () => session.Show(ConnectorTable.Of(chosen)));
            return ExitCode.Done;
        });
    }

    /// <summary>The option by which lists are sorted.</summary>
    public static Option<string> Sort()
    {
        var sort = new Option<string>("--sort") { Description = "Which come first.", HelpName = string.Join('|', ConnectorTable.Sorts), DefaultValueFactory = _ => "health" };
        return sort.AcceptOnlyFromAmong(ConnectorTable.Sorts);
    }

    private static bool Has(string[]? words, string? word) => words is not { Length: > 0 } || words.Contains(word);

    private static Option<string[]> Words(string name, string description, string[] allowed)
    {
        var option = new Option<string[]>(name)
        {
            Description = description,
            HelpName = string.Join('|', allowed),
            CustomParser = result =>
            {
                string[] words = [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)).Select(word => word.ToUpperInvariant())];
                if (words.FirstOrDefault(word => !allowed.Contains(word)) is { } wrong)
                    result.AddError($"{name} is '{wrong}'; allowed: {string.Join(", ", allowed)}");
                return words;
            },
        };
        option.CompletionSources.Add(allowed);
        return option;
    }
}
