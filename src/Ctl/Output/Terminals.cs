using Spectre.Console;

namespace Exports.Ctl.Output;

/// <summary>Makes consoles for tables and colours.</summary>
internal static class Terminals
{
    // Wide enough for every line: what reads a pipe counts on one line a row.
    private const int Unlimited = 100_000;

    /// <summary>A console over a writer: colours and the terminal's width where it is one, else plain text of any width.</summary>
    public static IAnsiConsole Over(TextWriter output)
    {
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
            return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = Unlimited;
        return console;
    }
}
