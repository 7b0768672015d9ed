using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>A process that runs no connectors and answers for the workers of its cluster (<c>--role api</c>).</summary>
public sealed class FrontTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_process_without_connectors_answers_for_its_workers()
    {
        await using var cluster = await WorkerCluster.StartAsync(output, 1);
        await using var front = await cluster.StartFrontAsync();
        using var http = new HttpClient { BaseAddress = front.Rest.Address, Timeout = TimeSpan.FromSeconds(30) };
        var stop = TestContext.Current.CancellationToken;

        // What the workers know, although nothing runs in it.
        var places = await cluster.PlacesAsync(front);
        Assert.Equal(WorkerCluster.Partitions, places.Count);
        Assert.DoesNotContain(front.Rest.Address.Authority, places.Values);
        Assert.Equal(cluster.Workers.Select(worker => worker.Rest.Address.Authority).Order(StringComparer.Ordinal), await WorkersAsync());
        var detail = await http.GetFromJsonAsync<JsonElement>($"/exports/connectors/{WorkerCluster.Connector}", stop);
        Assert.Equal(WorkerCluster.Partitions, detail.GetProperty("partitions").GetArrayLength());

        // Changes, and errors, as a worker makes them.
        (await http.PutAsync($"/connectors/{WorkerCluster.Connector}/pause", null, stop)).EnsureSuccessStatusCode();
        await Waiting.UntilAsync("a worker says so as well", async () => (await cluster.PlacesAsync(cluster.Workers[0])).Count == 0);
        (await http.PutAsync($"/connectors/{WorkerCluster.Connector}/resume", null, stop)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/connectors/none", stop)).StatusCode);
        const string logger = "/admin/loggers/Exports.Pipeline";
        Assert.Equal(HttpStatusCode.NoContent, (await http.PutAsJsonAsync($"{logger}?scope=cluster", new { level = "DEBUG" }, stop)).StatusCode);
        using var worker = new HttpClient { BaseAddress = cluster.Workers[0].Rest.Address };
        Assert.Equal("DEBUG", (await worker.GetFromJsonAsync<JsonElement>(logger, stop)).GetProperty("level").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/dashboard", stop)).StatusCode);
        Assert.Equal(0, await front.StopAsync(TimeSpan.FromMinutes(1)));

        async Task<IEnumerable<string>> WorkersAsync()
            => (await http.GetFromJsonAsync<JsonElement>("/exports/cluster", stop)).GetProperty("workers").EnumerateArray().Select(worker => worker.GetProperty("worker_id").GetString()!);
    }

    [Fact]
    public async Task It_goes_on_with_whichever_workers_are_left_and_waits_when_there_is_none()
    {
        Settings.SkipUnlessWholeCluster();
        await using var cluster = await WorkerCluster.StartAsync(output, 2);
        await using var front = await cluster.StartFrontAsync();
        using var http = new HttpClient { BaseAddress = front.Rest.Address, Timeout = TimeSpan.FromSeconds(30) };
        var stop = TestContext.Current.CancellationToken;

        await cluster.Workers[0].KillAsync();
        await Waiting.UntilAsync(
            "all run in the other",
            async () =>
            {
                using var answer = await http.GetAsync($"/connectors/{WorkerCluster.Connector}/status", stop);
                if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable))
                    Assert.Fail($"{answer.StatusCode}\n{front.Process.Tail()}");
                var status = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
                return status.TryGetProperty("tasks", out var tasks) && tasks.EnumerateArray().Count(task =>
                    task.GetProperty("state").GetString() == "RUNNING"
                    && task.GetProperty("worker_id").GetString() == cluster.Workers[1].Rest.Address.Authority) == WorkerCluster.Partitions;
            },
            TimeSpan.FromMinutes(1));
        await cluster.Workers[1].KillAsync();
        await Waiting.UntilAsync("it is not ready", async () => (await http.GetAsync("/health/ready", stop)).StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", stop)).StatusCode);
        await cluster.Workers[0].StartAsync();
        await Waiting.UntilAsync("it answers again", async () => (await http.GetAsync("/health/ready", stop)).IsSuccessStatusCode, TimeSpan.FromMinutes(2));
    }
}
