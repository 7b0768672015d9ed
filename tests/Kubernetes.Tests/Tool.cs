using System.Diagnostics;
using System.Text.Json;

namespace Exports.Kubernetes.Tests;

/// <summary>Other programs, which the tests ask.</summary>
internal static class Tool
{
    private static readonly string s_folder = Repository.PathOf("tests/Kubernetes.Tests");
    private static readonly Lazy<Task<string>> s_modules = new(FindModulesAsync);

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <returns>Its exit code and what it wrote.</returns>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Runs a program that must succeed.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(program, arguments);
        return code == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with exit code {code}: {errors}{output}");
    }

    /// <summary>Runs a program of the folder <c>tools</c> under Node.</summary>
    /// <returns>The JSON that it wrote.</returns>
    public static async Task<T> CheckAsync<T>(string program, params IEnumerable<string> files)
    {
        var output = await OutputAsync("node", [Path.Combine(s_folder, "tools", program), await s_modules.Value, .. files]);
        return JsonSerializer.Deserialize<T>(output, JsonSerializerOptions.Web)!;
    }

    private static async Task<string> FindModulesAsync()
    {
        var modules = (await OutputAsync("bash", Path.Combine(s_folder, "install.sh"), "--where")).Trim();
        return Directory.Exists(modules)
            ? modules
            : throw new InvalidOperationException($"{modules} is missing. './exports test' makes it, and so does tests/Kubernetes.Tests/install.sh.");
    }
}
