using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Exports.Ctl.Commands;

namespace Exports.Ctl;

/// <summary>The command line: its commands, and how one is run.</summary>
internal static class CtlCommand
{
    private const string Program = "./exports ctl";

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">What stands behind <c>ctl</c>.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where all else goes.</param>
    /// <param name="input">What <c>-f -</c> reads and where questions are answered; null for standard input.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(
        string[] arguments, TextWriter output, TextWriter error, TextReader? input = null, CancellationToken cancellationToken = default)
    {
        var options = new CtlOptions();
        var root = Create(options, input ?? Console.In);
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction errors)
        {
            errors.ShowHelp = false;
            await parsed.InvokeAsync(new InvocationConfiguration { Output = error, Error = error }, cancellationToken);
            await error.WriteLineAsync($"Try: {string.Join(' ', Path(parsed.CommandResult).Prepend(Program))} --help");
            return ExitCode.Unusable;
        }

        // The library calls the program by the name of its file.
        using var help = new StringWriter { NewLine = output.NewLine };
        var isHelp = parsed.Action is HelpAction;
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = isHelp ? help : output, Error = error }, cancellationToken);
        await output.WriteAsync(help.ToString().Replace($"  {parsed.RootCommandResult.Command.Name} ", $"  {Program} ", StringComparison.Ordinal));
        await output.FlushAsync(CancellationToken.None);
        return code;
    }

    private static RootCommand Create(CtlOptions options, TextReader input)
    {
        var root = new RootCommand(
            "Manages the connectors of a worker of Exports, or of a Kafka Connect cluster as far as that can. "
            + "Exit codes: 0 done; 1 refused, different, or not well; 2 the command line or a file is wrong, or the worker cannot be reached.");
        var context = new CommandContext(options, input);
        foreach (var command in (Command[])
        [
            ListCommand.Create(context),
            StatusCommand.Create(context),
            DescribeCommand.Create(context),
            TopCommand.Create(context),
            ClusterCommand.Create(context),
            GetCommand.Create(context),
            CreateCommand.Create(context),
            ApplyCommand.Create(context),
            DiffCommand.Create(context),
            ValidateCommand.Create(context),
            .. StateCommands.Create(context),
            DeleteCommand.Create(context),
            OffsetsCommand.Create(context),
            TailCommand.Create(context),
            PluginsCommand.Create(context),
            LoggersCommand.Create(context),
            CompletionCommand.Create(),
        ])
        {
            root.Add(command);
        }

        foreach (var option in options.All)
            root.Add(option);
        return root;
    }

    private static IEnumerable<string> Path(System.CommandLine.Parsing.CommandResult command)
        => command.Parent is System.CommandLine.Parsing.CommandResult parent ? Path(parent).Append(command.Command.Name) : [];
}
