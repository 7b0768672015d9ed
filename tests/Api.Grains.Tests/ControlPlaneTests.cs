using System.Collections.Concurrent;
using System.Text.Json;

namespace Exports.Api.Tests;

/// <summary>The REST surface over the real grains: what was written is read, and nobody is turned away.</summary>
public sealed class ControlPlaneTests
{
    private const int Clients = 16;
    private const int PerClient = 63;

    [Fact]
    public async Task What_a_request_has_done_is_seen_by_the_next()
    {
        await using var server = await GrainServer.StartAsync();
        var api = server.Api;
        for (var round = 0; round < 50; round++)
        {
            var name = $"c{round % 3}";
            await api.ExpectAsync(201, "POST", "/connectors", Create(name, "first"));
            Assert.Equal("first", await TargetAsync(api, name));
            Assert.Contains($"\"{name}\"", await api.ExpectAsync(200, "GET", "/connectors"));
            Assert.Contains($"\"{name}\":", await api.ExpectAsync(200, "GET", "/connectors?expand=status&expand=info"));
            await api.ExpectAsync(200, "GET", $"/connectors/{name}/status");
            await api.ExpectErrorAsync(409, "POST", "/connectors", Create(name, "other"));
            await api.ExpectAsync(200, "PUT", $"/connectors/{name}/config", Config("second"));
            Assert.Equal("second", await TargetAsync(api, name));
            await api.ExpectAsync(204, "PUT", $"/connectors/{name}/stop");
            Assert.Equal("STOPPED", await StateAsync(api, name));
            Assert.Equal("[]", await api.ExpectAsync(200, "GET", $"/connectors/{name}/tasks"));
            await api.ExpectAsync(204, "DELETE", $"/connectors/{name}");
            await api.ExpectErrorAsync(404, "GET", $"/connectors/{name}");
            await api.ExpectErrorAsync(404, "GET", $"/connectors/{name}/status");
            await api.ExpectErrorAsync(404, "DELETE", $"/connectors/{name}");
            Assert.Equal("[]", await api.ExpectAsync(200, "GET", "/connectors"));
        }
    }

    [Fact]
    public async Task A_thousand_connectors_are_created_by_many_clients_at_once_without_a_conflict()
    {
        await using var server = await GrainServer.StartAsync();
        await AtOnceAsync(async client =>
        {
            for (var i = 0; i < PerClient; i++)
            {
                var name = $"c-{client:00}-{i:00}";
                await (i % 2 == 0
                    ? server.Api.ExpectAsync(201, "POST", "/connectors", Create(name, "x"))
                    : server.Api.ExpectAsync(201, "PUT", $"/connectors/{name}/config", Config("x")));
            }
        });
        var expected = Enumerable.Range(0, Clients).SelectMany(client => Enumerable.Range(0, PerClient).Select(i => $"c-{client:00}-{i:00}"));
        Assert.Equal(expected, JsonSerializer.Deserialize<string[]>(await server.Api.ExpectAsync(200, "GET", "/connectors")));
        using var listing = JsonDocument.Parse(await server.Api.ExpectAsync(200, "GET", "/connectors?expand=status&expand=info"));
        Assert.Equal(Clients * PerClient, listing.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public async Task Of_many_clients_that_create_the_same_connector_one_succeeds()
    {
        await using var server = await GrainServer.StartAsync();
        for (var round = 0; round < 10; round++)
        {
            var statuses = new ConcurrentBag<int>();
            var name = $"c{round}";
            await AtOnceAsync(async client =>
                statuses.Add((int)(await server.Api.SendAsync("POST", "/connectors", Create(name, $"client {client}"))).Status));
            Assert.Equal([201, .. Enumerable.Repeat(409, Clients - 1)], statuses.Order());
        }
    }

    [Fact]
    public async Task Two_writers_of_one_connector_both_succeed_and_the_last_one_counts()
    {
        await using var server = await GrainServer.StartAsync();
        await server.Api.ExpectAsync(201, "POST", "/connectors", Create("c", "none"));
        await Task.WhenAll(WriteAsync("a"), WriteAsync("b"));
        Assert.Contains(await TargetAsync(server.Api, "c"), (string[])["a99", "b99"]);

        async Task WriteAsync(string writer)
        {
            for (var i = 0; i < 100; i++)
            {
                var written = await server.Api.ExpectAsync(200, "PUT", "/connectors/c/config", Config($"{writer}{i}"));
                using var json = JsonDocument.Parse(written);
                Assert.Equal($"{writer}{i}", json.RootElement.GetProperty("config").GetProperty("test.target").GetString());
            }
        }
    }

    [Fact]
    public async Task Clients_that_create_delete_and_change_the_same_connectors_never_get_a_500()
    {
        await using var server = await GrainServer.StartAsync();
        await AtOnceAsync(async client =>
        {
            var random = new Random(client);
            for (var i = 0; i < 60; i++)
            {
                var name = $"c{random.Next(3)}";
                var (method, path, body) = random.Next(9) switch
                {
                    0 => ("POST", "/connectors", Create(name, "x")),
                    1 => ("PUT", $"/connectors/{name}/config", Config($"{i}")),
                    2 => ("DELETE", $"/connectors/{name}", null),
                    3 => ("PUT", $"/connectors/{name}/pause", null),
                    4 => ("PUT", $"/connectors/{name}/resume", null),
                    5 => ("PUT", $"/connectors/{name}/stop", null),
                    6 => ("POST", $"/connectors/{name}/restart?includeTasks=true", null),
                    7 => ("GET", "/connectors?expand=status&expand=info", null),
                    _ => ("GET", $"/connectors/{name}/offsets", (string?)null),
                };
                var (status, text, response) = await server.Api.SendAsync(method, path, body);
                Assert.True((int)status is < 300 or 404 or 409, $"{method} {path}: {(int)status} {text}{server.Api.Logs.Errors}");
                Assert.True((int)status != 409 || method == "POST", $"{method} {path}: {text}");
                if ((int)status >= 400)
                    ApiServer.ErrorMessage((int)status, text, response.Content.Headers.ContentType?.ToString());
            }
        });
        for (var i = 0; i < 3; i++)
            await server.Api.SendAsync("DELETE", $"/connectors/c{i}");
        Assert.Equal("[]", await server.Api.ExpectAsync(200, "GET", "/connectors"));
    }

    [Fact]
    public async Task A_connector_runs_pauses_stops_and_runs_again()
    {
        await using var server = await GrainServer.StartAsync();
        var api = server.Api;
        await api.ExpectAsync(201, "POST", "/connectors", Create("c", "x"));
        await StatusAsync("RUNNING", "RUNNING", "RUNNING");
        await api.ExpectJsonAsync(
            """
            {
                "name":"c",
                "connector":{"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY"},
                "tasks":[
                    {"id":0,"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY","restarts":0},
                    {"id":1,"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY","restarts":0}
                ],
                "type":"sink"
            }
            """,
            200, "GET", "/connectors/c/status");
        await api.ExpectAsync(202, "PUT", "/connectors/c/pause");
        await StatusAsync("PAUSED", "PAUSED", "PAUSED");
        await api.ExpectAsync(204, "PUT", "/connectors/c/stop");
        await StatusAsync("STOPPED");
        await api.ExpectAsync(202, "PUT", "/connectors/c/resume");
        await StatusAsync("RUNNING", "RUNNING", "RUNNING");
        await api.ExpectAsync(204, "POST", "/connectors/c/tasks/1/restart");
        await api.ExpectErrorAsync(404, "POST", "/connectors/c/tasks/2/restart");
        await api.ExpectAsync(202, "POST", "/connectors/c/restart?includeTasks=true");
        await StatusAsync("RUNNING", "RUNNING", "RUNNING");
        await Wait.UntilAsync(
            async () => await api.ExpectAsync(200, "GET", "/connectors/c/offsets") is """
                {"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":7}},{"partition":{"kafka_topic":"t","kafka_partition":1},"offset":{"kafka_offset":7}}]}
                """,
            "both partitions have an offset");

        Task StatusAsync(params string[] states)
            => Wait.UntilAsync(
                async () =>
                {
                    using var json = JsonDocument.Parse(await api.ExpectAsync(200, "GET", "/connectors/c/status"));
                    var tasks = json.RootElement.GetProperty("tasks").EnumerateArray();
                    string?[] actual = [State(json.RootElement.GetProperty("connector")), .. tasks.Select(State)];
                    return actual.SequenceEqual(states);
                },
                $"the states are {string.Join(", ", states)}");

        static string? State(JsonElement element) => element.GetProperty("state").GetString();
    }

    [Theory]
    [InlineData("PAUSED")]
    [InlineData("STOPPED")]
    public async Task A_connector_keeps_its_initial_state_when_its_configuration_changes(string state)
    {
        await using var server = await GrainServer.StartAsync();
        var body = $$"""{"name":"c","config":{{Config("x")}},"initial_state":"{{state}}"}""";
        await server.Api.ExpectAsync(201, "POST", "/connectors", body);
        await server.Api.ExpectAsync(200, "PUT", "/connectors/c/config", Config("y"));
        Assert.Equal(state, await StateAsync(server.Api, "c"));
    }

    private static string Config(string target)
        => $$"""{"connector.class":"TestSink","topics":"t","tasks.max":2,"test.target":"{{target}}"}""";

    private static string Create(string name, string target) => $$"""{"name":"{{name}}","config":{{Config(target)}}}""";

    private static Task AtOnceAsync(Func<int, Task> client) => Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => client(i))));

    private static async Task<string?> TargetAsync(ApiServer api, string name)
    {
        using var json = JsonDocument.Parse(await api.ExpectAsync(200, "GET", $"/connectors/{name}/config"));
        return json.RootElement.GetProperty("test.target").GetString();
    }

    private static async Task<string?> StateAsync(ApiServer api, string name)
    {
        using var json = JsonDocument.Parse(await api.ExpectAsync(200, "GET", $"/connectors/{name}/status"));
        return json.RootElement.GetProperty("connector").GetProperty("state").GetString();
    }
}
