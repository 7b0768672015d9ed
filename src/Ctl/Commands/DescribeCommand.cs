using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Files;
using Exports.Ctl.Output;

namespace Exports.Ctl.Commands;

/// <summary><c>describe</c>: all that is known of a connector.</summary>
internal static class DescribeCommand
{
    private const int NewestEntries = 15;

    public static Command Create(CommandContext context)
    {
        var name = context.Name();
        return context.Command(
            "describe", "Shows all that is known of a connector: trouble, tasks, partitions, configuration without passwords, history.", [name],
            async (parsed, session, cancellationToken) =>
            {
                var detail = await session.Api.DetailAsync(parsed.GetValue(name)!, cancellationToken);
                var config = await session.Api.ConfigAsync(parsed.GetValue(name)!, cancellationToken);
                var secrets = await Secrets.OfAsync(session.Api, config, cancellationToken);
                detail["config"] = secrets.Masked(config);
                session.Write(() => detail, [parsed.GetValue(name)!], () => Print(session, detail));
                return ExitCode.Done;
            });
    }

    private static void Print(Session session, JsonObject detail)
    {
        var now = DateTimeOffset.UtcNow;
        session.Show(Column<(string Label, string? Text)>.Table(
            [.. Facts(detail, now).Where(fact => fact.Text is not null)],
            new("NAME", fact => fact.Label),
            new(detail.Text("name") ?? "", fact => fact.Text, IsState: true, IsLong: true)));
        if (detail["problem"] is { } problem)
        {
            session.Output.WriteLine();
            Problems.Write(session, "Problem", problem);
        }

        Section(session, "Tasks", [.. detail.Objects("task_list")],
            new("TASK", task => task.Text("id")),
            new("STATE", task => task.Text("state"), IsState: true),
            new("HEALTH", task => task.Text("health"), IsState: true),
            new("WORKER", task => task.Text("worker_id")),
            new("RECORDS/S", task => Units.Rate(task.Number("records_out")), IsNumber: true),
            new("LAG", task => Units.Count(task.Number("lag")), IsNumber: true),
            new("P99", task => Units.Milliseconds(task.Number("latency_ms", "p99")), IsNumber: true),
            new("DELIVERED", task => Units.Count(task.Number("records_delivered_total")), IsNumber: true),
            new("RETRIES", task => Units.Count(task.Number("retries_total")), IsNumber: true),
            new("RESTARTS", task => Units.Count(task.Number("restarts_total")), IsNumber: true),
            new("PROGRESS", task => Units.Ago(task.Time("last_progress"), now)),
            new("TRACE", task => Units.FirstLine(task.Text("trace") ?? task.Text("last_error")), IsLong: true));
        Section(session, "Partitions", [.. detail.Objects("partitions")],
            new("TOPIC", partition => partition.Text("topic")),
            new("PARTITION", partition => partition.Text("partition"), IsNumber: true),
            new("TASK", partition => partition.Text("task"), IsNumber: true),
            new("COMMITTED", partition => partition.Text("committed_offset"), IsNumber: true),
            new("ACKNOWLEDGED", partition => partition.Text("acknowledged_offset"), IsNumber: true),
            new("END", partition => partition.Text("end_offset"), IsNumber: true),
            new("LAG", partition => Units.Count(partition.Number("lag")), IsNumber: true));
        Section(session, "Configuration", [.. detail["config"]!.AsObject().Select(entry => new JsonObject { ["key"] = entry.Key, ["value"] = entry.Value?.ToString() })],
            new("KEY", entry => entry.Text("key")),
            new("VALUE", entry => entry.Text("value"), IsLong: true));
        Section(session, "History, the newest first", [.. detail.Objects("history").OrderByDescending(entry => entry.Time("time")).Take(NewestEntries)],
            new("TIME", entry => Units.Moment(entry.Time("time"))),
            new("OF", entry => entry.Text("task") is { } task ? $"task {task}" : "connector"),
            new("WHAT", entry => entry.Text("action") ?? (entry.Text("from") is { } from ? $"{from} → {entry.Text("to")}" : entry.Text("to"))),
            new("REASON", entry => Units.FirstLine(entry.Text("reason") ?? entry.Text("problem", "message")), IsLong: true));
    }

    private static IEnumerable<(string Label, string? Text)> Facts(JsonObject detail, DateTimeOffset now) =>
    [
        ("Health", detail.Text("health")),
        ("State", detail.Text("state")),
        ("Should be", detail.Text("target_state")),
        ("Plugin", detail.Text("plugin") is { } plugin ? $"{plugin} {detail.Text("version")}" : null),
        ("Worker", detail.Text("worker_id")),
        ("Topics", detail["topics"] is JsonArray { Count: > 0 } topics ? string.Join(", ", topics.Select(topic => topic!.ToString())) : null),
        ("Records/s", detail.Number("records_out") is { } rate ? $"{Units.Rate(rate)} delivered, {Units.Rate(detail.Number("records_in"))} read" : null),
        ("Bytes/s", Units.Bytes(detail.Number("bytes_out"))),
        ("Lag", detail.Number("lag") is { } lag ? $"{Units.Count(lag)} by stored offsets, {Units.Count(detail.Number("acknowledged_lag"))} by acknowledgements" : null),
        ("Latency", detail.Number("latency_ms", "p50") is { } p50 ? $"p50 {Units.Milliseconds(p50)}, p99 {Units.Milliseconds(detail.Number("latency_ms", "p99"))}" : null),
        ("Progress", Units.Ago(detail.Time("last_progress"), now)),
        ("Restarts", Units.Count(detail.Number("restarts"))),
    ];

    private static void Section(Session session, string title, IReadOnlyCollection<JsonObject> rows, params IReadOnlyList<Column<JsonObject>> columns)
    {
        if (rows.Count == 0)
            return;
        session.Output.WriteLine();
        session.Output.WriteLine(title);
        session.Show(Column<JsonObject>.Table(rows, columns));
    }
}
