using System.Net;
using System.Text;
using System.Text.Json;

namespace Exports.Silo.Tests.Rest;

public sealed partial class DashboardTests
{
    private const string Connector
        = """{"name":"c","config":{"connector.class":"FileStreamSink","topics":"t","file":"/nowhere/f","password":"s3cr3t"}}""";

    [Fact]
    public async Task The_page_and_all_that_it_asks_for_is_there()
    {
        await using var worker = await RestWorker.StartAsync();
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };

        var page = await client.GetAsync("/dashboard");

        Assert.Equal("/dashboard/", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains("<title>Orleans Dashboard</title>", await page.Content.ReadAsStringAsync());
        foreach (var path in new[]
        {
            "index.min.js", "index.css", "favicon.ico", "version", "ClusterStats", "TopGrainMethods", "Reminders/1", "LifecycleStages", "GrainTypes",
        })
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await client.GetAsync("/dashboard/" + path)).StatusCode));
        }
    }

    [Fact]
    public async Task It_shows_the_grains_of_connectors_and_the_silos_counters()
    {
        await using var worker = await RestWorker.StartAsync();
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };
        using var body = new StringContent(Connector, Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsync("/connectors", body)).StatusCode);

        JsonElement counters = default;
        await Processes.Eventually.TrueAsync(
            async () =>
            {
                counters = await ReadAsync(client, "DashboardCounters");
                return counters.GetProperty("simpleGrainStats").EnumerateArray()
                    .Any(grain => grain.GetProperty("grainType").GetString() == "Exports.Grains.ConnectorGrain");
            },
            () => $"the grain of the connector is shown: {counters}");
        var silo = counters.GetProperty("hosts")[0].GetProperty("siloAddress").GetString();
        await Processes.Eventually.TrueAsync(
            async () => (await ReadAsync(client, $"SiloCounters/{silo}")).GetArrayLength() > 0, () => "the silo has counters");
    }

    [Fact]
    public async Task It_tells_neither_configurations_nor_the_log()
    {
        await using var worker = await RestWorker.StartAsync();
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };
        using var body = new StringContent(Connector, Encoding.UTF8, "application/json");
        await client.PostAsync("/connectors", body);

        var state = await client.GetStringAsync("/dashboard/GrainState?grainId=c&grainType=Exports.Grains.ConnectorGrain");
        var log = await client.GetAsync("/dashboard/Trace");

        Assert.Equal("\"{}\"", state);
        Assert.Equal(HttpStatusCode.Forbidden, log.StatusCode);
    }

    [Theory]
    [InlineData("GET", "Trace", 403)]
    [InlineData("GET", "no/such/page", 404)]
    [InlineData("GET", "Reminders/x", 404)]
    [InlineData("POST", "ClusterStats", 405)]
    [InlineData("GET", "SiloStats", 400)]
    [InlineData("GET", "SiloProperties/nonsense", 500)]
    public async Task Its_errors_look_like_those_of_the_API(string method, string path, int status)
    {
        await using var worker = await RestWorker.StartAsync();
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };

        var response = await client.SendAsync(new HttpRequestMessage(new(method), "/dashboard/" + path));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status, (await ErrorOf(response)).Code);
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        await using var worker = await RestWorker.StartAsync(("dashboard.enable", "false"));
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };

        foreach (var path in new[] { "/dashboard", "/dashboard/ClusterStats" })
        {
            var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal((404, "The dashboard is switched off (dashboard.enable=false)."), await ErrorOf(response));
        }
    }

    [Fact]
    public async Task Nothing_of_it_is_at_the_listeners_of_admin()
    {
        await using var worker = await RestWorker.StartAsync(("admin.listeners", "http://127.0.0.1:0"));
        using var client = new HttpClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(worker.Addresses[0], "/dashboard"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(worker.Addresses[1], "/dashboard"))).StatusCode);
    }

    private static async Task<JsonElement> ReadAsync(HttpClient client, string path)
        => JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("/dashboard/" + path));
}
