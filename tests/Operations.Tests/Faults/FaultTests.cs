using System.Diagnostics;
using System.Text.Json;
using Exports.Harness;
using Exports.Operations.Tests.Page;
using static Microsoft.Playwright.Assertions;

namespace Exports.Operations.Tests.Faults;

/// <summary>
/// Each class of fault, done to a connector that delivered: the status, the operations API that the page shows, and the metrics tell
/// it with its cause and what to do; and when it is over, they say that it is.
/// </summary>
public sealed class FaultTests(Browser browser, ITestOutputHelper output)
{
    private const string Name = "to-customer";

    [Theory]
    [InlineData(401, "CREDENTIALS")]
    [InlineData(404, "DESTINATION_MISSING")]
    [InlineData(503, "DESTINATION_UNREACHABLE")]
    [InlineData(429, "THROTTLED")]
    [InlineData(0, "DESTINATION_STALLED")]
    public async Task A_destination_that_stops_accepting_is_told_with_its_cause_and_so_is_its_recovery(int answer, string cause)
    {
        await using var stage = await StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await stage.CreateAsync(
            Name, ("connector.class", "HttpSink"), ("http.url", receiver.Address), ("task.restart.delay.max.ms", "2000"), ("errors.retry.delay.max.ms", "1000"));
        await stage.ProduceAsync(30);
        await HealthIsAsync(stage, "HEALTHY", () => receiver.Accepted > 0);

        receiver.Answer(answer);
        await stage.ProduceAsync(30);
        await ProblemIsAsync(stage, cause, "USER_ACTIONABLE");

        receiver.Answer(200);
        await HealthIsAsync(stage, "HEALTHY", () => true);
        var scrape = await stage.ScrapeAsync();
        Assert.Empty(scrape.Find("exports_connector_problem", ("connector", Name)));
        Assert.Equal(60, scrape.Sum("exports_connector_records_delivered_total", ("connector", Name)));
    }

    [Fact]
    public async Task A_record_that_cannot_be_converted_is_told_with_its_place()
    {
        await using var stage = await StartAsync();
        var file = await stage.CreateFileAsync(
            Name, ("value.converter", "org.apache.kafka.connect.json.JsonConverter"), ("value.converter.schemas.enable", "false"));
        await stage.ProduceAsync(30);
        await HealthIsAsync(stage, "HEALTHY", () => Stage.LinesOf(file) == 30);

        await stage.ProduceAsync(1, _ => "{ no json");
        var problem = await ProblemIsAsync(stage, "BAD_RECORD", "USER_ACTIONABLE");
        Assert.Contains("topic views, partition 0, offset 10", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Kafka_that_is_gone_is_told_and_is_nobodys_fault_who_owns_the_connector()
    {
        await using var stage = await StartAsync();
        var file = await stage.CreateFileAsync(Name);
        await stage.ProduceAsync(30);
        await HealthIsAsync(stage, "HEALTHY", () => Stage.LinesOf(file) == 30);

        await stage.Broker.Process.KillAsync();
        await ProblemIsAsync(stage, "KAFKA_UNAVAILABLE", "INTERNAL");
        Assert.Equal("RUNNING", await stage.StateAsync(Name));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task A_target_Kafka_that_is_gone_is_told_with_what_its_client_says(string exactlyOnce)
    {
        await using var stage = await StartAsync();
        await using var target = await BrokerProcess.StartAsync(stage.Directory, [(Stage.Topic, Stage.Partitions)], TimeSpan.FromMinutes(10));
        await stage.CreateAsync(
            Name, ("connector.class", "KafkaSink"), ("target.bootstrap.servers", target.BootstrapServers), ("exactly.once", exactlyOnce));
        await stage.ProduceAsync(30);
        await HealthIsAsync(stage, "HEALTHY", () => true);
        await Waiting.UntilAsync("all are delivered", async () =>
            (await stage.ScrapeAsync()).Sum("exports_connector_records_delivered_total", ("connector", Name)) == 30);

        await target.Process.KillAsync();
        await stage.ProduceAsync(30);
        var problem = await ProblemIsAsync(stage, "DESTINATION_UNREACHABLE", "USER_ACTIONABLE");
        Assert.Contains(target.BootstrapServers, problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_tasks_fault_makes_a_connector_degraded()
    {
        await using var stage = await StartAsync();
        await stage.CreateFileAsync(
            Name, ("tasks.max", "3"), ("value.converter", "org.apache.kafka.connect.json.JsonConverter"), ("value.converter.schemas.enable", "false"));
        await stage.Rest.WaitUntilRunningAsync(Name, 3);
        await stage.ProduceAsync(1, _ => "{ no json");
        await HealthIsAsync(stage, "DEGRADED", () => true);
        var detail = await stage.DetailAsync(Name);
        Assert.Equal(1, detail.GetProperty("task_list").EnumerateArray().Count(task => task.GetProperty("health").GetString() == "UNHEALTHY"));
        Assert.Contains(
            detail.GetProperty("history").EnumerateArray(),
            entry => entry.TryGetProperty("to", out var to) && to.GetString() == "FAILED" && entry.GetProperty("problem").GetProperty("cause").GetString() == "BAD_RECORD");
    }

    // By default it is ten seconds until something is a stall.
    private static Task<Stage> StartAsync() => Stage.StartAsync(("task.unhealthy.after.ms", "3000"));

    private static Task HealthIsAsync(Stage stage, string health, Func<bool> and)
        => Waiting.UntilAsync($"status, page and metrics say {health}", async () =>
        {
            var status = await stage.GetAsync($"/connectors/{Name}/status");
            var detail = await stage.DetailAsync(Name);
            return and()
                && status.GetProperty("connector").GetProperty("health").GetString() == health
                && detail.GetProperty("health").GetString() == health
                && (await stage.ScrapeAsync()).Find("exports_connector_health", ("connector", Name), ("health", health.ToLowerInvariant())).Any();
        },
        // A request that is never answered ends with its own time limit first.
        TimeSpan.FromMinutes(3));

    /// <summary>Waits until all three tell the cause, and returns the problem.</summary>
    private async Task<JsonElement> ProblemIsAsync(Stage stage, string cause, string kind)
    {
        var begun = Stopwatch.StartNew();
        JsonElement found = default;
        await Waiting.UntilAsync($"status, page and metrics tell {cause}", async () =>
        {
            var status = await stage.GetAsync($"/connectors/{Name}/status");
            var detail = await stage.DetailAsync(Name);
            return Tells(detail, cause, kind, out found)
                && (Tells(status.GetProperty("connector"), cause, kind, out _)
                    || status.GetProperty("tasks").EnumerateArray().Any(task => Tells(task, cause, kind, out _)))
                && (await stage.ScrapeAsync()).Find(
                    "exports_connector_problem", ("connector", Name), ("cause", cause.ToLowerInvariant()), ("kind", kind.ToLowerInvariant())).Any();
        });
        output.WriteLine($"{cause}: told after {begun.Elapsed.TotalSeconds:0.0} s: {found}");
        await using var open = await browser.OpenAsync(stage.Address, $"#/c/{Name}");
        var words = cause.Replace('_', ' ');
        await Expect(open.Page.Locator(".problem")).ToContainTextAsync(words, new() { IgnoreCase = true });
        await Expect(open.Page.Locator(".problem")).ToContainTextAsync(found.GetProperty("advice").GetString()!);
        output.WriteLine($"{cause}: shown on the page after {begun.Elapsed.TotalSeconds:0.0} s");
        return found;
    }

    private static bool Tells(JsonElement of, string cause, string kind, out JsonElement problem)
        => of.TryGetProperty("problem", out problem)
            && problem.GetProperty("cause").GetString() == cause && problem.GetProperty("kind").GetString() == kind;
}
