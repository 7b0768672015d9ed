using Spectre.Console;
using Spectre.Console.Rendering;

namespace Exports.Ctl.Output;

/// <summary>Tables for files and pipes.</summary>
internal static class Plain
{
    // Wide enough for every row: what reads a pipe counts on one line a row.
    private const int Unlimited = 1_000_000;

    /// <summary>Writes without colours, without breaking a row, and without spaces at the end of a line.</summary>
    public static void Write(TextWriter output, IRenderable what)
    {
        var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Unlimited;
        console.Write(what);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n'))
            output.WriteLine(line.TrimEnd());
    }
}
