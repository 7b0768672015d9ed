using System.Net;
using Exports.Api.Page;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Tests;

/// <summary>The page's files. What it does is tried in a browser, by Operations.Tests.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPage();
        await _app.StartAsync();
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(_app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task The_start_loads_all_modules_at_once_instead_of_one_behind_the_other()
    {
        var html = await _http.GetStringAsync("/ui/");

        foreach (var module in PageFile.All.Keys.Where(name => name.EndsWith(".js", StringComparison.Ordinal) && name != "page.js"))
            Assert.Contains($"<link rel=\"modulepreload\" href=\"{module}\">", html);
        Assert.Contains("<script type=\"module\" src=\"page.js\"></script>", html);
    }

    [Fact]
    public async Task Files_are_known_by_their_tags_run_nothing_from_elsewhere_and_are_found_from_the_short_address()
    {
        using var redirect = await _http.GetAsync("/ui");
        Assert.Equal("ui/", redirect.Headers.Location?.ToString());
        using var first = await _http.GetAsync("/ui/page.js");
        Assert.Equal("text/javascript; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        Assert.Contains("default-src 'none'; script-src 'self'", first.Headers.GetValues("Content-Security-Policy").Single());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/ui/page.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await _http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        foreach (var missing in (string[])["/ui/nothing.js", "/ui/..%2Fappsettings.json", "/ui/a/b"])
        {
            using var none = await _http.GetAsync(missing);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }
}
