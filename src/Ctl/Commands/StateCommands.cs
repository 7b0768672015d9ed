using System.CommandLine;
using Exports.Ctl.Output;
using Exports.Ctl.Server;

namespace Exports.Ctl.Commands;

/// <summary><c>pause</c>, <c>resume</c>, <c>stop</c> and <c>restart</c>.</summary>
internal static class StateCommands
{
    public static IEnumerable<Command> Create(CommandContext context)
    {
        yield return Change(context, "pause", "paused", "Pauses connectors: they keep what they hold and deliver nothing.");
        yield return Change(context, "resume", "resumed", "Resumes connectors that are paused or stopped.");
        yield return Change(context, "stop", "stopped", "Stops connectors: their tasks end, their offsets can be changed.");
        yield return Restart(context);
    }

    /// <summary>Which of several connectors a command is for.</summary>
    public static Argument<string[]> Several(CommandContext context)
        => context.Patterns(ArgumentArity.OneOrMore, "Names or patterns, as in 'orders-*'; '*' for all.");

    /// <summary>Says that nobody is to be asked.</summary>
    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Ask nothing." };

    private static Command Change(CommandContext context, string verb, string done, string description)
    {
        var patterns = Several(context);
        return context.Command(verb, description, [patterns], async (parsed, session, cancellationToken) =>
        {
            var names = ConnectorPatterns.Choose(await session.Api.NamesAsync(cancellationToken), name => name, parsed.GetValue(patterns)!);
            return Outcome.Report(session, await ConnectApi.EachAsync(
                names,
                (name, token) => Outcome.OfAsync(name, async () =>
                {
                    await session.Api.ChangeAsync(HttpMethod.Put, name, $"/{verb}", null, token);
                    return done;
                }),
                cancellationToken));
        });
    }

    private static Command Restart(CommandContext context)
    {
        var patterns = Several(context);
        var onlyFailed = new Option<bool>("--only-failed") { Description = "Only what has failed." };
        var task = new Option<int?>("--task") { Description = "Only this task, by its number.", HelpName = "N" };
        task.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int?>() is < 0)
                result.AddError($"--task is '{result.Tokens[0].Value}'; allowed: 0 and more");
        });
        var command = context.Command("restart", "Restarts connectors with all their tasks.", [patterns, onlyFailed, task], async (parsed, session, cancellationToken) =>
        {
            var names = ConnectorPatterns.Choose(await session.Api.NamesAsync(cancellationToken), name => name, parsed.GetValue(patterns)!);
            var below = parsed.GetValue(task) is { } number
                ? FormattableString.Invariant($"/tasks/{number}/restart")
                : $"/restart?includeTasks=true&onlyFailed={(parsed.GetValue(onlyFailed) ? "true" : "false")}";
            return Outcome.Report(session, await ConnectApi.EachAsync(
                names,
                (name, token) => Outcome.OfAsync(name, async () =>
                {
                    await session.Api.ChangeAsync(HttpMethod.Post, name, below, null, token);
                    return "restarting";
                }),
                cancellationToken));
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(task) is not null && result.GetValue(onlyFailed))
                result.AddError("--task and --only-failed exclude each other");
        });
        return command;
    }
}
