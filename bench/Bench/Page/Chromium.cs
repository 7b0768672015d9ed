using Microsoft.Playwright;

namespace Exports.Bench.Page;

/// <summary>Starts Debian's Chromium without a window, for tests and measurements of the page.</summary>
internal static class Chromium
{
    // The sandbox needs privileges that containers lack; the others keep the browser from calling its makers.
    private static readonly string[] s_arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <summary>Starts it. Both results are to be disposed of, the browser first.</summary>
    /// <exception cref="InvalidOperationException">There is none on the PATH.</exception>
    public static async Task<(IPlaywright Driver, IBrowser Browser)> StartAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no chromium on the PATH; ./exports installs it for what needs it.");
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = s_arguments }));
    }
}
