using System.Diagnostics;

namespace Exports.Operations.Tests.Alerts;

/// <summary>Prometheus' own tool, which checks what Prometheus would read.</summary>
internal static class Promtool
{
    /// <summary>Runs it.</summary>
    /// <returns>Its exit code and all that it said.</returns>
    public static async Task<(int Code, string Output)> RunAsync(string? input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
