using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Exports.Operations.Tests.Page;

/// <summary>A page that is open, with the words that it is asked by.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public OpenPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            // What the server refuses is the tests' doing, and shown on the page.
            if (message.Type == "error" && !message.Text.Contains("Failed to load resource", StringComparison.Ordinal))
                _complaints.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    public ILocator Row(string connector) => Page.Locator("tr.row", new() { Has = Page.GetByRole(AriaRole.Link, new() { Name = connector, Exact = true }) });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>A button of the dialog that is open.</summary>
    public ILocator InDialog(string name) => Page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public Task ToastAsync(string text) => Assertions.Expect(Page.Locator(".toast", new() { HasText = text }).First).ToBeVisibleAsync();

    public Task GoAsync(string hash) => Page.EvaluateAsync($"location.hash = '{hash}'");

    /// <summary>Looks at it: keeps a screenshot, and has axe look for what people with impairments would stumble over; nothing may stick out.</summary>
    public async Task LookAsync(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "../../../../test-results/page");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        Assert.Equal(0, await Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
        var found = await Page.RunAxe();
        Assert.True(
            found.Violations.Length == 0,
            string.Join('\n', found.Violations.Select(violation => $"{name}: {violation.Id} ({violation.Impact}): {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}")));
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_complaints);
    }
}
