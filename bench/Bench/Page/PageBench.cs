using System.Text;
using Exports.Bench.Load;
using Exports.Bench.Measurements;
using Exports.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Exports.Bench.Page;

/// <summary>
/// How long a browser that has never been there takes until it shows the list of connectors, from the start of the navigation:
/// until it paints anything, and until it has painted rows of connectors. The raw page is the same rows as plain HTML from a
/// server that does nothing else, in the same browser. The connectors run and have nothing to do.
/// </summary>
internal static class PageBench
{
    private const int Looks = 10;

    // Rows are painted in the frame after they are in the document.
    private const string Watch = """
        new MutationObserver((_, observer) => {
          if (!document.querySelector('tbody tr')) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => { window.rowsPainted = performance.now(); }));
        }).observe(document, { childList: true, subtree: true });
        """;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        var connectors = options.GivenConnectors ?? 5000;
        var topics = Enumerable.Range(0, connectors).Select(number => ($"page-{number:D5}", 1)).ToList();
        await using var kafka = await BenchKafka.StartAsync(options.Directory, topics);
        Console.WriteLine($"page: {Table.Whole(connectors)} connectors with one task each, {kafka.Name}");
        await using var worker = await WorkerProcess.StartAsync(Path.Combine(options.Directory, "page"), new Dictionary<string, string>
        {
            ["bootstrap.servers"] = kafka.BootstrapServers,
            ["plugin.path"] = WorkerProcess.NoopSinkPath,
            ["log.level"] = "WARN",
        });
        Progress.Say("creating them");
        await Parallel.ForEachAsync(topics, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (topic, _) =>
            await worker.Rest.PutConfigAsync(topic.Item1, new Dictionary<string, string>
            {
                ["connector.class"] = "NoopSink",
                ["topics"] = topic.Item1,
            }));
        await Waiting.UntilAsync(
            $"{connectors} connectors are RUNNING", async () => await worker.Rest.RunningConnectorsAsync() == connectors, TimeSpan.FromMinutes(10));

        var (driver, browser) = await Chromium.StartAsync();
        using var disposed = driver;
        await using var closed = browser;
        var list = new Uri(worker.Rest.Address, "/ui/");
        var rows = await RowsAsync(browser, list);
        await using var raw = await StartRawAsync(rows);
        var rawPage = new Uri(raw.Urls.Single());

        List<Look> ours = [], theirs = [];
        for (var i = 0; i < Looks; i++)
        {
            Progress.Say($"look {i + 1} of {Looks}");
            ours.Add(await LookAsync(browser, list));
            theirs.Add(await LookAsync(browser, rawPage));
        }

        var table = new Table("ms, median (least to most) of ten looks", "the page", "the same rows as HTML", "ratio", "target");
        Add("first paint", look => look.FirstPaint, "");
        Add("rows painted", look => look.RowsPainted, "below 2,000");
        table.Print();
        report.Add($"page-{connectors}", new { Connectors = connectors, Kafka = kafka.Name, Page = ours, Raw = theirs });

        void Add(string what, Func<Look, double> of, string target)
        {
            var (page, html) = (Spread.Of([.. ours.Select(of)]), Spread.Of([.. theirs.Select(of)]));
            table.Add(what, Of(page), Of(html), Table.Fraction(page.Median / html.Median), target);
        }

        static string Of(Spread spread) => $"{Table.Whole(spread.Median)} ({Table.Whole(spread.Min)}–{Table.Whole(spread.Max)})";
    }

    private static async Task<Look> LookAsync(IBrowser browser, Uri address)
    {
        // A context of its own has nothing in its cache.
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync(address.ToString());
        await Waiting.UntilAsync("the list is painted", () => page.EvaluateAsync<bool>(
            "window.rowsPainted > 0 && performance.getEntriesByName('first-contentful-paint').length > 0"));
        return new(
            await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
            await page.EvaluateAsync<double>("window.rowsPainted"),
            await page.Locator("tbody tr").CountAsync());
    }

    /// <summary>The rows that the page shows, as HTML.</summary>
    private static async Task<string> RowsAsync(IBrowser browser, Uri address)
    {
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        await page.Locator("tbody tr").First.WaitForAsync();
        return await page.Locator("tbody").First.EvaluateAsync<string>("body => body.innerHTML");
    }

    private static async Task<WebApplication> StartRawAsync(string rows)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var html = Encoding.UTF8.GetBytes($"<!doctype html><meta charset=utf-8><title>raw</title><table><tbody>{rows}</tbody></table>");
        app.Run(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.Body.WriteAsync(html).AsTask();
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>What a browser measured, in milliseconds from the start of the navigation.</summary>
    /// <param name="FirstPaint">Until anything was painted (first contentful paint).</param>
    /// <param name="RowsPainted">Until rows were painted.</param>
    /// <param name="Rows">How many.</param>
    private sealed record Look(double FirstPaint, double RowsPainted, int Rows);
}
