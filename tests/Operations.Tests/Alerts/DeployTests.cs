using System.Text.Json;
using System.Text.RegularExpressions;
using Exports.Harness;

namespace Exports.Operations.Tests.Alerts;

/// <summary>What lies in <c>deploy</c> fits what a busy worker serves.</summary>
public sealed partial class DeployTests
{
    private static readonly string s_deploy = Path.Combine(AppContext.BaseDirectory, "deploy");

    [Fact]
    public async Task Prometheus_takes_the_metrics_and_complains_of_nothing_but_Kafka_Connects_own_names()
    {
        await using var stage = await BusyAsync();
        var (_, said) = await Promtool.RunAsync((await stage.ScrapeAsync()).Text, "check", "metrics");
        var complaints = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // Names such as put-batch-avg-time-ms and connector-count are Kafka's.
        Assert.All(complaints, line => Assert.Matches(
            "^kafka_(connect|consumer)_\\S+ (metric names should not contain abbreviated units|non-histogram and non-summary metrics should not have \"_count\" suffix)$", line));
    }

    [Fact]
    public async Task The_alert_rules_are_valid_and_fire_on_what_their_tests_say()
    {
        var folder = Path.Combine(s_deploy, "prometheus");
        var check = await Promtool.RunAsync(null, "check", "rules", Path.Combine(folder, "alerts.yml"));
        Assert.True(check.Code == 0, check.Output);
        var test = await Promtool.RunAsync(null, "test", "rules", Path.Combine(folder, "alerts.test.yml"));
        Assert.True(test.Code == 0, test.Output);
    }

    [Fact]
    public async Task Every_query_of_board_and_rules_asks_for_metrics_and_labels_that_a_worker_serves()
    {
        await using var stage = await BusyAsync();
        var scrape = await stage.ScrapeAsync();
        using var board = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(s_deploy, "grafana/exports.json")));
        var queries = Expressions(board.RootElement).ToList();
        var rules = (await File.ReadAllLinesAsync(Path.Combine(s_deploy, "prometheus/alerts.yml")))
            .Select(line => line.Trim()).Where(line => line.StartsWith("expr: ", StringComparison.Ordinal)).Select(line => line["expr: ".Length..]);
        Assert.True(queries.Count > 30, "the board's queries were found");
        foreach (var query in queries.Concat(rules))
        {
            foreach (Match selector in Selector().Matches(query))
            {
                var name = selector.Groups[1].Value;
                var samples = scrape.Find(name).ToList();
                Assert.True(samples.Count > 0, $"{name}, of: {query}");
                foreach (Match label in Label().Matches(selector.Groups[2].Value))
                {
                    // instance and job are Prometheus' own.
                    if (label.Groups[1].Value is not ("instance" or "job"))
                        Assert.True(samples[0].Labels.ContainsKey(label.Groups[1].Value), $"{name} has no label {label.Groups[1].Value}: {query}");
                }
            }
        }
    }

    /// <summary>A worker of which every metric has something to tell.</summary>
    private static async Task<Stage> BusyAsync()
    {
        var stage = await Stage.StartAsync();
        var file = await stage.CreateFileAsync("busy");
        await stage.CreateAsync("broken", ("connector.class", "HttpSink"), ("http.url", "http://127.0.0.1:9/"));
        await stage.ProduceAsync(30);
        await Waiting.UntilAsync("everything is told", async () =>
        {
            var scrape = await stage.ScrapeAsync();
            return Stage.LinesOf(file) == 30 && scrape.Find("exports_connector_problem").Any() && scrape.Find("exports_task_retries_total").Any()
                && scrape.Find("exports_task_last_progress_timestamp_seconds").Any() && scrape.Find("exports_connector_committed_lag").Any();
        });
        return stage;
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "expr" ? [property.Value.GetString()!] : Expressions(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    [GeneratedRegex("""\b((?:exports|kafka_connect|kafka_consumer|process)_[a-z_]+)\b(?:\{([^}]*)\})?""")]
    private static partial Regex Selector();

    [GeneratedRegex("""([a-z_]+)(?:=~|!~|=|!=)""")]
    private static partial Regex Label();
}
