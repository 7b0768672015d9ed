using System.Text.Json.Nodes;

namespace Exports.Ctl.Output;

/// <summary>A trouble, and what to do about it.</summary>
internal static class Problems
{
    public static void Write(Session session, string of, JsonNode problem)
    {
        var whose = problem.Text("kind") == "INTERNAL" ? "for those who run the service" : "for the connector's owner";
        session.Output.WriteLine($"{of}: {problem.Text("cause")} since {Units.Moment(problem.Time("since"))}, {whose}");
        session.Output.WriteLine($"  {Indented(problem.Text("message"))}");
        session.Output.WriteLine($"  What to do: {Indented(problem.Text("advice"))}");
    }

    private static string Indented(string? text) => Units.Safe(text ?? "").Replace("\n", "\n  ", StringComparison.Ordinal);
}
