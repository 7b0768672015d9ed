using System.Text.Json;
using Exports.Api.Server;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Exports.Api.Tests;

/// <summary>The worker itself: what it is, whether it is well, and what it does when it is not.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task The_worker_tells_version_commit_and_cluster()
    {
        await using var server = await ApiServer.StartAsync(new ApiOptions { Version = "9.8.7", Commit = "abc" });
        await server.ExpectJsonAsync(
            """{"version":"9.8.7","commit":"abc","kafka_cluster_id":"test-cluster"}""", 200, "GET", "/");
    }

    [Fact]
    public async Task The_worker_is_known_before_Kafka_has_answered()
    {
        await using var server = await ApiServer.StartAsync(
            new ApiOptions { Version = "1", Commit = "2" }, services => services.AddSingleton<ITopicCatalog>(new SilentTopics()));
        Assert.Equal("""{"version":"1","commit":"2","kafka_cluster_id":null}""", await server.ExpectAsync(200, "GET", "/"));
    }

    [Fact]
    public void Version_and_commit_are_those_of_the_build()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", new ApiOptions().Version);
        Assert.NotEmpty(new ApiOptions().Commit);
    }

    [Fact]
    public async Task A_worker_is_healthy_while_its_index_answers()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(
            """{"status":"healthy","message":"Worker has completed startup and is ready to handle requests."}""",
            await server.ExpectAsync(200, "GET", "/health"));

        server.Grains.Index.Error = new InvalidOperationException("disk full");
        const string message = "Worker was unable to handle this request and may be unable to handle other requests.";
        const string unhealthy = $$"""{"status":"unhealthy","message":"{{message}}"}""";
        Assert.Equal(unhealthy, await server.ExpectAsync(500, "GET", "/health"));
        Assert.Contains(server.Logs.Entries, entry => entry.Error?.Message == "disk full");
    }

    [Fact]
    public async Task A_worker_whose_index_hangs_is_unhealthy()
    {
        await using var server = await ApiServer.StartAsync(new ApiOptions { HealthTimeout = TimeSpan.FromMilliseconds(20) });
        server.Grains.Index.Gate = new TaskCompletionSource().Task;
        Assert.Contains("unhealthy", await server.ExpectAsync(500, "GET", "/health"));
    }

    [Fact]
    public async Task A_worker_is_starting_until_everything_has_started()
    {
        var slow = new SlowStart();
        var starting = ApiServer.StartAsync(services: services => services.AddSingleton<IHostedService>(provider =>
        {
            slow.Server = provider.GetRequiredService<IServer>();
            return slow;
        }));
        using var client = new HttpClient { BaseAddress = await slow.Listening.Task.WaitAsync(TimeSpan.FromSeconds(30)) };
        using var response = await client.GetAsync("/health");
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(
            """{"status":"starting","message":"Worker is still starting up."}""", await response.Content.ReadAsStringAsync());

        slow.Release.SetResult();
        await using var server = await starting;
        await server.ExpectAsync(200, "GET", "/health");
    }

    [Fact]
    public async Task A_worker_that_shuts_down_is_unhealthy()
    {
        await using var server = await ApiServer.StartAsync(routes: app => app.MapGet("/stop", async (HttpContext context) =>
        {
            app.Lifetime.StopApplication();
            var health = context.RequestServices.GetRequiredService<WorkerHealth>();
            var (status, body) = await health.CheckAsync(CancellationToken.None);
            return Results.Text(body.Message, statusCode: status);
        }));
        Assert.Equal("Worker is shutting down.", await server.ExpectAsync(500, "GET", "/stop"));
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task An_unexpected_error_is_logged_and_its_cause_is_not_told(string environment)
    {
        await using var server = await ApiServer.StartAsync(environment: environment);
        server.Grains.Create("c").Error = new InvalidOperationException("password hunter2");
        var message = await server.ExpectErrorAsync(500, "GET", "/connectors/c");
        Assert.Matches(@"^Unexpected error; the worker's log tells the cause \(request \S+\)$", message);
        var id = message.Split(' ')[^1].TrimEnd(')');
        var logged = Assert.Single(server.Logs.Entries, entry => entry.Error is InvalidOperationException);
        Assert.Contains(id, logged.Message);
    }

    [Fact]
    public async Task An_error_that_is_meant_for_users_is_told()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c").Error = new RetriableException("Kafka did not answer");
        Assert.Equal("Kafka did not answer", await server.ExpectErrorAsync(500, "GET", "/connectors/c/offsets"));
        server.Grains["c"].Error = new ConfigException("topics", "", "empty");
        Assert.Equal(
            "Invalid value  for configuration topics: empty", await server.ExpectErrorAsync(400, "GET", "/connectors/c"));
    }

    [Fact]
    public async Task A_connector_that_does_not_answer_in_time_ends_the_request()
    {
        await using var server = await ApiServer.StartAsync(new ApiOptions { RequestTimeout = TimeSpan.FromMilliseconds(20) });
        server.Grains.Create("c").Gate = new TaskCompletionSource().Task;
        Assert.Matches(
            @"^Request timed out\. The worker is currently stopping connector c, which began at \d{4}-\d\d-\d\dT[\d:.]{12}Z$",
            await server.ExpectErrorAsync(500, "PUT", "/connectors/c/stop"));
        server.Grains.Index.Gate = new TaskCompletionSource().Task;
        Assert.StartsWith(
            "Request timed out. The worker is currently listing connectors, which began at ",
            await server.ExpectErrorAsync(500, "GET", "/connectors"));
    }

    [Fact]
    public async Task A_grain_call_that_times_out_by_itself_ends_the_request_in_the_same_way()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c").Error = new TimeoutException("Response did not arrive on time");
        Assert.StartsWith(
            "Request timed out. The worker is currently reading connector c, which began at ",
            await server.ExpectErrorAsync(500, "GET", "/connectors/c"));
    }

    [Fact]
    public async Task Errors_of_the_rest_of_the_application_are_left_alone_when_they_have_a_body()
    {
        await using var server = await ApiServer.StartAsync(routes: app =>
        {
            app.MapGet("/page", () => Results.Content("gone", "text/plain", statusCode: 410));
            app.MapGet("/bare", () => Results.StatusCode(410));
        });
        var (status, body, _) = await server.SendAsync("GET", "/page");
        Assert.Equal((410, "gone"), ((int)status, body));
        Assert.Equal("HTTP 410 Gone", await server.ExpectErrorAsync(410, "GET", "/bare"));
    }

    [Fact]
    public void An_option_out_of_its_range_is_refused()
    {
        var services = new ServiceCollection();
        ApiOptions[] wrong =
        [
            new() { MaxRequestBodyBytes = 0 },
            new() { RequestTimeout = TimeSpan.Zero },
            new() { HealthTimeout = TimeSpan.FromSeconds(-1) },
            new() { ListingTimeout = TimeSpan.Zero },
            new() { ListingConcurrency = 0 },
        ];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => services.AddConnectApi(options)));
    }

    [Fact]
    public async Task The_first_question_for_the_cluster_has_it_read()
    {
        var topics = new SilentTopics();
        await using var server = await ApiServer.StartAsync(services: services => services.AddSingleton<ITopicCatalog>(topics));
        topics.Answer.SetException(new RetriableException("no broker answers"));
        Assert.Contains("\"kafka_cluster_id\":null", await server.ExpectAsync(200, "GET", "/"));
        topics.Answer = new();
        topics.Answer.SetResult(new("read", new Dictionary<string, int>()));
        Assert.Contains("\"kafka_cluster_id\":\"read\"", await server.ExpectAsync(200, "GET", "/"));
    }

    private sealed class SilentTopics : ITopicCatalog
    {
        public TaskCompletionSource<TopicSnapshot> Answer { get; set; } = new();

        public TopicSnapshot? Current => null;

        public string? LastError => "no broker answers";

        public Task<TopicSnapshot> RefreshAsync(CancellationToken cancellationToken) => Answer.Task;
    }

    /// <summary>Holds the start back after the server has begun to listen.</summary>
    private sealed class SlowStart : IHostedLifecycleService
    {
        public IServer? Server { get; set; }

        public TaskCompletionSource<Uri> Listening { get; } = new();

        public TaskCompletionSource Release { get; } = new();

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            Listening.SetResult(new Uri(Server!.Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
            return Release.Task;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
