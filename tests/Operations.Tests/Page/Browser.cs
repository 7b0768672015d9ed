using Exports.Bench.Page;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Exports.Operations.Tests.Page.Browser))]

namespace Exports.Operations.Tests.Page;

/// <summary>Debian's Chromium without a window, driven by Playwright; one for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        // Playwright's own five seconds are a wait for a time on a machine that is busy.
        Assertions.SetDefaultExpectTimeout(60_000);
        (_playwright, _browser) = await Chromium.StartAsync();
    }

    /// <summary>Opens a page of a worker, in a profile of its own. Whatever the page complains of fails the test at the end.</summary>
    internal async Task<OpenPage> OpenAsync(Uri worker, string hash, int width = 1280, ColorScheme scheme = ColorScheme.Light, string? user = null)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = width > 600 ? 900 : 844 },
            ColorScheme = scheme,
            HttpCredentials = user is null ? null : new() { Username = user, Password = user },
        });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        var opened = new OpenPage(context, page);
        await page.GotoAsync(new Uri(worker, $"/ui/{hash}").ToString());
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
