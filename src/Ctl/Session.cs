using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Exports.Ctl.Output;
using Exports.Ctl.Server;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Exports.Ctl;

/// <summary>What a command works with: a worker, and where its words go.</summary>
/// <param name="api">The worker.</param>
/// <param name="format">How results are printed.</param>
/// <param name="output">Where results go.</param>
/// <param name="error">Where all else goes.</param>
/// <param name="input">Standard input.</param>
internal sealed class Session(ConnectApi api, OutputFormat format, TextWriter output, TextWriter error, TextReader input)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions s_line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ConnectApi Api => api;

    public OutputFormat Format => format;

    public TextWriter Output => output;

    public TextWriter Error => error;

    public TextReader Input => input;

    /// <summary>Whether somebody looks at a terminal, who may be asked and for whom colours are.</summary>
    public bool IsInteractive { get; } = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && !Console.IsInputRedirected;

    /// <summary>Where tables and colours go while somebody looks.</summary>
    public IAnsiConsole Terminal => AnsiConsole.Console;

    /// <summary>Prints a table or the like: on a terminal with colours and in its width, elsewhere as plain text with one line a row.</summary>
    public void Show(IRenderable what)
    {
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
            Terminal.Write(what);
        else
            Plain.Write(output, what);
    }

    /// <summary>Prints JSON for programs.</summary>
    public void WriteJson(JsonNode? json) => output.WriteLine(json is null ? "null" : json.ToJsonString(s_indented));

    /// <summary>Prints JSON on one line.</summary>
    public void WriteLine(JsonNode json) => output.WriteLine(json.ToJsonString(s_line));

    /// <summary>Prints what can be told in all formats.</summary>
    /// <param name="json">For programs.</param>
    /// <param name="names">Names alone.</param>
    /// <param name="table">For people.</param>
    public void Write(Func<JsonNode?> json, IEnumerable<string> names, Action table)
    {
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(json());
                break;
            case OutputFormat.Name:
                foreach (var name in names)
                    output.WriteLine(name);
                break;
            default:
                table();
                break;
        }
    }

    /// <summary>Asks before something that cannot be taken back.</summary>
    /// <param name="question">What is going to happen, without a question mark.</param>
    /// <exception cref="CtlException">The answer is no, or nobody can be asked.</exception>
    public void Confirm(string question)
    {
        if (!IsInteractive)
            throw CtlException.Misuse($"{question}: nobody is there to be asked; say --yes to do it.");
        error.Write($"{question}. Go on? [y/N] ");
        if (input.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes"))
            throw CtlException.Refused("Nothing was changed.");
    }
}
