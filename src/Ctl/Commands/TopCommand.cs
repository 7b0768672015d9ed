using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;
using Exports.Ctl.Server;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Exports.Ctl.Commands;

/// <summary><c>top</c>: connectors and workers, again and again.</summary>
internal static class TopCommand
{
    // Head and foot of the screen.
    private const int OtherLines = 6;

    public static Command Create(CommandContext context)
    {
        var patterns = context.Patterns(ArgumentArity.ZeroOrMore, "Names or patterns, as in 'orders-*'; none for all.");
        var sort = ListCommand.Sort();
        var interval = new Option<double>("--interval") { Description = "Seconds between two looks, 0.1 to 3600.", HelpName = "SECONDS", DefaultValueFactory = _ => 2 };
        interval.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (>= 0.1 and <= 3600))
                result.AddError($"--interval is '{result.Tokens[0].Value}'; allowed: 0.1 to 3600");
        });
        var count = new Option<int?>("--count") { Description = "End after so many looks. Default: on a terminal go on until Ctrl-C, elsewhere look once.", HelpName = "N" };
        count.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int?>() is < 1)
                result.AddError($"--count is '{result.Tokens[0].Value}'; allowed: 1 and more");
        });
        return context.Command(
            "top", "Shows connectors with rates and lag, and the workers' load, and keeps looking. -o json prints a line a look.", [patterns, sort, interval, count],
            async (parsed, session, cancellationToken) =>
            {
                var isLive = session is { IsInteractive: true, Format: OutputFormat.Table };
                var looks = parsed.GetValue(count) ?? (isLive ? int.MaxValue : 1);
                var pause = TimeSpan.FromSeconds(parsed.GetValue(interval));
                Task<Look> LookAsync() => TakeAsync(session.Api, parsed.GetValue(patterns)!, parsed.GetValue(sort)!, cancellationToken);
                if (isLive)
                    await LiveAsync(session, LookAsync, looks, pause, cancellationToken);
                else
                    await PrintAsync(session, LookAsync, looks, pause, cancellationToken);
                return ExitCode.Done;
            });
    }

    private static async Task<Look> TakeAsync(ConnectApi api, string[] patterns, string sort, CancellationToken cancellationToken)
    {
        var rows = ConnectorPatterns.Choose(await api.RowsAsync(cancellationToken), row => row.Text("name")!, patterns);
        return new(ConnectorTable.Sorted(rows, sort), await api.ClusterAsync(cancellationToken));
    }

    private static async Task LiveAsync(Session session, Func<Task<Look>> look, int looks, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await session.Terminal.Live(new Text("")).StartAsync(async live =>
            {
                for (var i = 0; i < looks; i++)
                {
                    if (i > 0)
                        await Task.Delay(pause, cancellationToken);
                    live.UpdateTarget(Screen(await look(), Math.Max(1, session.Terminal.Profile.Height - OtherLines), session.Terminal.Profile.Width));
                }
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }
    }

    private static async Task PrintAsync(Session session, Func<Task<Look>> look, int looks, TimeSpan pause, CancellationToken cancellationToken)
    {
        for (var i = 0; i < looks; i++)
        {
            if (i > 0)
                await Task.Delay(pause, cancellationToken);
            var taken = await look();
            switch (session.Format)
            {
                case OutputFormat.Json:
                    session.WriteLine(new JsonObject
                    {
                        ["time"] = Units.Moment(DateTimeOffset.UtcNow),
                        ["cluster"] = taken.Cluster.DeepClone(),
                        ["connectors"] = new JsonArray([.. taken.Rows.Select(row => row.DeepClone())]),
                    });
                    break;
                case OutputFormat.Name:
                    foreach (var row in taken.Rows)
                        session.Output.WriteLine(row.Text("name"));
                    break;
                default:
                    session.Show(Screen(taken, int.MaxValue, int.MaxValue));
                    break;
            }

            await session.Output.FlushAsync(cancellationToken);
        }
    }

    private static Rows Screen(Look look, int most, int width)
    {
        List<IRenderable> parts = [new Text(Summary(look)), ClusterCommand.Workers(look.Cluster), new Text(""), ConnectorTable.OfOneLineEach([.. look.Rows.Take(most)], width)];
        if (look.Rows.Count > most)
            parts.Add(new Text($"… and {look.Rows.Count - most:N0} more"));
        return new(parts);
    }

    private static string Summary(Look look)
    {
        var words = look.Rows.GroupBy(row => row.Text("health") ?? row.Text("state") ?? "UNKNOWN").OrderBy(group => States.RankOf(group.Key))
            .Select(group => $"{group.Count():N0} {group.Key}");
        return $"{DateTime.Now:HH:mm:ss}  {look.Rows.Count:N0} connectors: {string.Join(", ", words)}";
    }

    private sealed record Look(IReadOnlyList<JsonObject> Rows, JsonObject Cluster);
}
