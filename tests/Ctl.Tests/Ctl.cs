using System.Text.Json.Nodes;

namespace Exports.Ctl.Tests;

/// <summary>What a command printed.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record Result(int Code, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The cells of a table's row that begins with a word.</summary>
    public string[] Row(string first)
        => [.. Lines.Single(line => line.StartsWith($"{first} ", StringComparison.Ordinal)).Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public Result Is(int code)
    {
        Assert.True(Code == code, $"Exit code {Code}, not {code}.\n{Output}\n{Error}");
        return this;
    }
}

/// <summary>Runs command lines as the program does.</summary>
public static class Ctl
{
    public static async Task<Result> RunAsync(Uri address, string? input, params string[] arguments)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await CtlCommand.InvokeAsync(
            [.. arguments, "--url", address.ToString()], output, error, new StringReader(input ?? ""), TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }
}
