using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>status</c>: connectors and their tasks, with what is wrong and what to do about it.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var patterns = context.Patterns(ArgumentArity.ZeroOrMore, "Names or patterns, as in 'orders-*'; none for all.");
        var check = new Option<bool>("--check") { Description = "End with exit code 1 when a connector or task has failed, or is degraded or unhealthy." };
        return context.Command(
            "status", "Shows the states of connectors and tasks, and what to do about trouble.", [patterns, check],
            async (parsed, session, cancellationToken) =>
            {
                var statuses = await ReadAsync(session.Api, parsed.GetValue(patterns)!, cancellationToken);
                session.Write(
                    () => new JsonArray([.. statuses.Select(status => status.DeepClone())]),
                    statuses.Select(status => status.Text("name")!),
                    () => Print(session, statuses));
                return parsed.GetValue(check) && statuses.Any(IsInTrouble) ? ExitCode.Refused : ExitCode.Done;
            });
    }

    /// <summary>Whether a connector or one of its tasks has failed, or is degraded or unhealthy.</summary>
    public static bool IsInTrouble(JsonObject status)
        => status.Objects("tasks").Append(status["connector"]).Any(part => States.IsTrouble(part.Text("state")) || States.IsTrouble(part.Text("health")));

    private static async Task<IReadOnlyList<JsonObject>> ReadAsync(ConnectApi api, string[] patterns, CancellationToken cancellationToken)
    {
        // Single names are asked for alone: all of them may be thousands.
        if (patterns.Length > 0 && !patterns.Any(ConnectorPatterns.IsPattern))
            return await ConnectApi.EachAsync([.. patterns.Distinct()], api.StatusAsync, cancellationToken);
        return ConnectorPatterns.Choose(await api.StatusesAsync(cancellationToken), status => status.Text("name")!, patterns);
    }

    private static void Print(Session session, IReadOnlyList<JsonObject> statuses)
    {
        var parts = statuses.SelectMany(status => status.Objects("tasks")
            .Select(task => (Name: status.Text("name"), Part: task.Text("id"), Of: task))
            .Prepend((Name: status.Text("name"), Part: "connector", Of: status["connector"]!.AsObject()))).ToList();
        session.Show(Column<(string? Name, string? Part, JsonObject Of)>.Table(
            parts,
            new("NAME", part => part.Name),
            new("TASK", part => part.Part),
            new("STATE", part => part.Of.Text("state"), IsState: true),
            new("HEALTH", part => part.Of.Text("health"), IsState: true),
            new("WORKER", part => part.Of.Text("worker_id")),
            new("RESTARTS", part => part.Of.Number("restarts") is > 0 and var restarts ? Units.Count(restarts) : null, IsNumber: true),
            new("TRACE", part => Units.FirstLine(part.Of.Text("trace")), IsLong: true)));
        foreach (var part in parts.Where(part => part.Of["problem"] is not null))
        {
            session.Output.WriteLine();
            Problems.Write(session, part.Part == "connector" ? part.Name! : $"{part.Name}, task {part.Part}", part.Of["problem"]!);
        }
    }
}
