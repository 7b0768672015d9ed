using System.Text.Json.Nodes;
using Exports.Rest.Client;

namespace Exports.Ctl.Output;

/// <summary>What became of one connector of several.</summary>
/// <param name="Name">The connector.</param>
/// <param name="Result">What was done, in a word such as <c>paused</c>.</param>
/// <param name="Error">Why it was not done; null when it was.</param>
internal sealed record Outcome(string Name, string Result, string? Error = null)
{
    public const string Failed = "failed";

    /// <summary>Does something, and takes a refusal as its outcome.</summary>
    public static async Task<Outcome> OfAsync(string name, Func<Task<string>> run)
    {
        try
        {
            return new(name, await run());
        }
        catch (RefusedException e)
        {
            return new(name, Failed, e.Message);
        }
    }

    /// <summary>Tells of all. Returns the <see cref="ExitCode"/>.</summary>
    public static int Report(Session session, IReadOnlyCollection<Outcome> outcomes)
    {
        switch (session.Format)
        {
            case OutputFormat.Json:
                session.WriteJson(new JsonArray([.. outcomes.Select(outcome => outcome.ToJson())]));
                break;
            case OutputFormat.Name:
                foreach (var outcome in outcomes.Where(outcome => outcome.Error is null))
                    session.Output.WriteLine(outcome.Name);
                break;
            default:
                foreach (var outcome in outcomes.Where(outcome => outcome.Error is null))
                    session.Output.WriteLine($"{outcome.Name} {outcome.Result}");
                break;
        }

        foreach (var outcome in outcomes.Where(outcome => outcome.Error is not null))
            session.Error.WriteLine($"exports ctl: {outcome.Name}: {Units.Safe(outcome.Error!)}");
        return outcomes.All(outcome => outcome.Error is null) ? ExitCode.Done : ExitCode.Refused;
    }

    private JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["result"] = Result };
        if (Error is not null)
            json["error"] = Error;
        return json;
    }
}
