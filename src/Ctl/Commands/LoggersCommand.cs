using System.CommandLine;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;

namespace Exports.Ctl.Commands;

/// <summary><c>loggers</c>: the worker's log levels.</summary>
internal static class LoggersCommand
{
    private static readonly string[] s_levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"];

    public static Command Create(CommandContext context)
    {
        var logger = new Argument<string?>("logger") { Description = "A logger, as log lines begin with, or root; none for all that have a level of their own.", Arity = ArgumentArity.ZeroOrOne };
        var level = new Argument<string?>("level") { HelpName = "level", Description = $"Its new level, until the worker ends: {string.Join(", ", s_levels)}.", Arity = ArgumentArity.ZeroOrOne };
        level.CompletionSources.Add(s_levels);
        return context.Command("loggers", "Shows log levels, and changes one.", [logger, level], async (parsed, session, cancellationToken) =>
        {
            var (name, wanted) = (parsed.GetValue(logger), parsed.GetValue(level));
            if (name is not null && wanted is not null)
            {
                var changed = await session.Api.SetLoggerAsync(name, wanted, cancellationToken);
                session.Write(() => changed, changed.Select(entry => entry!.ToString()), () => session.Output.WriteLine($"{name} {wanted.ToUpperInvariant()}"));
                return ExitCode.Done;
            }

            var all = name is null
                ? await session.Api.LoggersAsync(cancellationToken)
                : new JsonObject { [name] = await session.Api.LoggerAsync(name, cancellationToken) };
            session.Write(() => all, all.Select(entry => entry.Key), () => session.Show(Column<KeyValuePair<string, JsonNode?>>.Table(
                [.. all],
                new("LOGGER", entry => entry.Key),
                new("LEVEL", entry => entry.Value.Text("level")))));
            return ExitCode.Done;
        });
    }
}
