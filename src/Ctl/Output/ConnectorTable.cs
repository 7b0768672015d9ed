using System.Text.Json.Nodes;
using Spectre.Console.Rendering;

namespace Exports.Ctl.Output;

/// <summary>Connectors as <c>list</c> and <c>top</c> show them.</summary>
internal static class ConnectorTable
{
    /// <summary>What connectors are sorted by.</summary>
    public static readonly string[] Sorts = ["health", "name", "lag", "rate", "latency", "restarts"];

    // What the columns between name and problem take, and what of a problem is still of use.
    private const int OtherColumns = 76;
    private const int Shortest = 20;

    private static readonly Column<JsonObject>[] s_columns =
    [
        new("NAME", row => row.Text("name")),
        new("HEALTH", row => row.Text("health"), IsState: true),
        new("STATE", row => row.Text("state"), IsState: true),
        new("TASKS", row => $"{row.Text("tasks", "running")}/{row.Text("tasks", "total")}", IsNumber: true),
        new("RECORDS/S", row => Units.Rate(row.Number("records_out")), IsNumber: true),
        new("BYTES/S", row => Units.Bytes(row.Number("bytes_out")), IsNumber: true),
        new("LAG", row => Units.Count(row.Number("lag")), IsNumber: true),
        new("P99", row => Units.Milliseconds(row.Number("latency_ms", "p99")), IsNumber: true),
        new("RESTARTS", row => Units.Count(row.Number("restarts")), IsNumber: true),
        new("PROBLEM", Problem, IsLong: true),
    ];

    public static IRenderable Of(IReadOnlyCollection<JsonObject> rows) => Column<JsonObject>.Table(rows, s_columns);

    /// <summary>As <see cref="Of"/>, with troubles cut so that a row stays one line of a terminal.</summary>
    /// <param name="rows">The connectors.</param>
    /// <param name="width">The terminal's width, in characters.</param>
    public static IRenderable OfOneLineEach(IReadOnlyCollection<JsonObject> rows, int width)
    {
        var names = rows.Select(row => row.Text("name")!.Length).DefaultIfEmpty(0).Max();
        var left = Math.Max(Shortest, width - names - OtherColumns);
        return Column<JsonObject>.Table(
            rows, [.. s_columns[..^1], new("PROBLEM", row => Problem(row) is { } text && text.Length > left ? $"{text[..(left - 1)]}…" : Problem(row))]);
    }

    /// <summary>In order; by name the first of the alphabet comes first, by all else what needs attention or is most.</summary>
    /// <param name="rows">The connectors.</param>
    /// <param name="sort">One of <see cref="Sorts"/>.</param>
    public static IReadOnlyList<JsonObject> Sorted(IEnumerable<JsonObject> rows, string sort)
    {
        var byName = rows.OrderBy(row => row.Text("name"), StringComparer.Ordinal);
        return sort == "name"
            ? [.. byName]
            : [.. byName.OrderBy(row => sort switch
            {
                "lag" => -(row.Number("lag") ?? -1),
                "rate" => -(row.Number("records_out") ?? 0),
                "latency" => -(row.Number("latency_ms", "p99") ?? -1),
                "restarts" => -(row.Number("restarts") ?? 0),
                _ => Math.Min(States.RankOf(row.Text("health") ?? row.Text("state")), row.Number("tasks", "failed") > 0 ? States.RankOf("DEGRADED") : int.MaxValue),
            }).ThenByDescending(row => row.Number("lag") ?? -1)];
    }

    private static string? Problem(JsonObject row)
        => row.Text("problem", "cause") is { } cause ? $"{cause}: {Units.FirstLine(row.Text("problem", "message"))}" : Units.FirstLine(row.Text("trace"));
}
