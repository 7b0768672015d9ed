using System.Net;
using Exports.Grains;

namespace Exports.Api.Tests;

/// <summary>What succeeds, with the exact bodies.</summary>
public sealed class ConnectorsTests
{
    private const string Config = """{"connector.class":"TestSink","topics":"t"}""";
    private const string Created =
        """{"name":"c","config":{"connector.class":"TestSink","topics":"t","name":"c"},"tasks":[],"type":"sink"}""";

    private const string Info = """
        {
            "name":"c",
            "config":{"connector.class":"TestSink","topics":"t","name":"c"},
            "tasks":[{"connector":"c","task":0}],
            "type":"sink"
        }
        """;

    private const string Running = """
        {
            "name":"c",
            "connector":{"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY"},
            "tasks":[{"id":0,"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY","restarts":0}],
            "type":"sink"
        }
        """;

    [Fact]
    public async Task A_connector_is_created_once()
    {
        await using var server = await ApiServer.StartAsync();
        const string body = $$$"""{"name":"c","config":{{{Config}}}}""";

        var (status, text, response) = await server.SendAsync("POST", "/connectors", body);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(Created, text);
        Assert.Equal("/connectors/c", response.Headers.Location?.OriginalString);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("Connector c already exists", await server.ExpectErrorAsync(409, "POST", "/connectors?forward=false", body));
    }

    [Theory]
    [InlineData("\"RUNNING\"", "RUNNING")]
    [InlineData("\"paused\"", "PAUSED")]
    [InlineData("\"Stopped\"", "STOPPED")]
    [InlineData("null", "RUNNING")]
    public async Task A_connector_is_created_in_its_initial_state(string initial, string state)
    {
        await using var server = await ApiServer.StartAsync();
        var body = $$"""{"name":"c","config":{"connector.class":"TestSink","topics":"t"},"initial_state":{{initial}}}""";
        await server.ExpectAsync(201, "POST", "/connectors", body);
        Assert.Contains($"\"connector\":{{\"state\":\"{state}\"", await server.ExpectAsync(200, "GET", "/connectors/c/status"));
    }

    [Fact]
    public async Task Numbers_and_booleans_become_text_as_they_are_written()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectAsync(201, "POST", "/connectors", """
            {"config":{"name":"7","connector.class":"TestSink","topics":"t","tasks.max":2,"x":1.50e3,"y":true,"z":false},"name":7}
            """);
        await server.ExpectJsonAsync(
            """{"name":"7","connector.class":"TestSink","topics":"t","tasks.max":"2","x":"1.50e3","y":"true","z":"false"}""",
            200, "GET", "/connectors/7/config");
    }

    [Fact]
    public async Task Of_a_key_that_occurs_twice_the_last_one_counts()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectAsync(
            201, "PUT", "/connectors/c/config", """{"connector.class":"TestSink","topics":"a","topics":"b"}""");
        Assert.Contains("\"topics\":\"b\"", await server.ExpectAsync(200, "GET", "/connectors/c/config"));
    }

    [Fact]
    public async Task Text_is_returned_as_it_came_and_placeholders_stay_unresolved()
    {
        await using var server = await ApiServer.StartAsync();
        const string body =
            """{"connector.class":"TestSink","topics":"t","a":"${env:SECRET}","b":"<ü+'&東京>","c":"\"\\\n","name":"c"}""";
        await server.ExpectAsync(201, "PUT", "/connectors/c/config", body);
        Assert.Equal(body, await server.ExpectAsync(200, "GET", "/connectors/c/config"));
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_body_is_skipped()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectAsync(201, "PUT", "/connectors/c/config", "\uFEFF{\"connector.class\":\"TestSink\",\"topics\":\"t\"}");
    }

    [Fact]
    public async Task A_configuration_is_created_and_then_replaced()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, text, response) = await server.SendAsync("PUT", "/connectors/c/config", Config);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal("/connectors/c", response.Headers.Location?.OriginalString);
        Assert.Equal(Created, text);

        var replaced = await server.SendAsync(
            "PUT", "/connectors/c/config?forward=true", """{"name":"c","connector.class":"TestSink","topics":"u"}""");
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.Null(replaced.Response.Headers.Location);
        Assert.Equal(
            """{"name":"c","config":{"name":"c","connector.class":"TestSink","topics":"u"},"tasks":[],"type":"sink"}""",
            replaced.Body);
    }

    [Fact]
    public async Task A_connector_is_read_and_deleted()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c");
        await server.ExpectJsonAsync(Info, 200, "GET", "/connectors/c");
        await server.ExpectJsonAsync(
            """{"connector.class":"TestSink","topics":"t","name":"c"}""", 200, "GET", "/connectors/c/config");
        Assert.Equal("", await server.ExpectAsync(204, "DELETE", "/connectors/c"));
        await server.ExpectErrorAsync(404, "GET", "/connectors/c");
        Assert.Equal("[]", await server.ExpectAsync(200, "GET", "/connectors"));
    }

    [Theory]
    [InlineData("pause", 202, "target Paused")]
    [InlineData("resume", 202, "target Running")]
    [InlineData("stop", 204, "target Stopped")]
    public async Task A_connector_is_given_a_target_state(string verb, int status, string call)
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c");
        Assert.Equal("", await server.ExpectAsync(status, "PUT", $"/connectors/c/{verb}"));
        Assert.Equal([call], connector.Calls);
    }

    [Theory]
    [InlineData("", 204, "restart False False")]
    [InlineData("?includeTasks=false&onlyFailed=false&forward=true", 204, "restart False False")]
    [InlineData("?includeTasks=true", 202, "restart True False")]
    [InlineData("?onlyFailed=TRUE", 202, "restart False True")]
    [InlineData("?includeTasks=true&onlyFailed=true", 202, "restart True True")]
    public async Task A_connector_is_restarted(string query, int status, string call)
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c");
        var body = await server.ExpectAsync(status, "POST", "/connectors/c/restart" + query);
        Assert.Equal(status == 202, body.StartsWith("""{"name":"c","connector":{"state":""", StringComparison.Ordinal));
        Assert.Equal([call], connector.Calls);
    }

    [Fact]
    public async Task A_restart_shows_what_is_being_restarted()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c").Tasks = [InMemoryConnector.NewTask(0), InMemoryConnector.NewTask(1, RunState.Failed, "boom")];
        await server.ExpectJsonAsync(
            """
            {
                "name":"c",
                "connector":{"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY"},
                "tasks":[
                    {"id":0,"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY","restarts":0},
                    {"id":1,"state":"RESTARTING","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY","restarts":0}
                ],
                "type":"sink"
            }
            """,
            202, "POST", "/connectors/c/restart?includeTasks=true&onlyFailed=true");
    }

    [Fact]
    public async Task Status_tells_state_worker_version_and_trace_of_connector_and_tasks()
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c");
        await server.ExpectJsonAsync(Running, 200, "GET", "/connectors/c/status");

        connector.Trace = "topics cannot be read";
        connector.Tasks =
        [
            InMemoryConnector.NewTask(1, RunState.Unassigned, ""),
            InMemoryConnector.NewTask(0, RunState.Failed, "disk\nfull"),
        ];
        await server.ExpectJsonAsync(
            """
            {
                "name":"c",
                "connector":{
                    "state":"FAILED","worker_id":"127.0.0.1:8083","trace":"topics cannot be read","version":"1.2.3","health":"HEALTHY"
                },
                "tasks":[
                    {"id":0,"state":"FAILED","worker_id":"127.0.0.1:8083","trace":"disk\nfull","version":"1.2.3","health":"HEALTHY","restarts":0},
                    {"id":1,"state":"UNASSIGNED","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY","restarts":0}
                ],
                "type":"sink"
            }
            """,
            200, "GET", "/connectors/c/status");
    }

    [Fact]
    public async Task Status_tells_the_trouble_of_a_task_and_what_to_do_about_it()
    {
        await using var server = await ApiServer.StartAsync();
        var since = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        var problem = new Problem(ProblemCause.DestinationMissing, "There is no stream views.", since);
        server.Grains.Create("c", tasks: 1).Tasks[0] = InMemoryConnector.NewTask(0, RunState.Failed, "boom") with
        {
            Health = Health.Unhealthy,
            Problem = problem,
            Restarts = 3,
            NextRestart = since,
        };
        await server.ExpectJsonAsync(
            $$"""
            {
                "id":0,"state":"FAILED","worker_id":"127.0.0.1:8083","trace":"boom","version":"1.2.3","health":"UNHEALTHY",
                "problem":{
                    "cause":"DESTINATION_MISSING","kind":"USER_ACTIONABLE","message":"There is no stream views.",
                    "advice":"{{problem.Advice}}","since":"2026-01-31T12:00:00+00:00"
                },
                "restarts":3,"next_restart":"2026-01-31T12:00:00+00:00"
            }
            """,
            200, "GET", "/connectors/c/tasks/0/status");
    }

    [Fact]
    public async Task A_stopped_connector_has_no_tasks()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c", state: TargetState.Stopped);
        await server.ExpectJsonAsync(
            """
            {
                "name":"c",
                "connector":{"state":"STOPPED","worker_id":"127.0.0.1:8083","version":"1.2.3","health":"HEALTHY"},
                "tasks":[],
                "type":"sink"
            }
            """,
            200, "GET", "/connectors/c/status");
        Assert.Equal("[]", await server.ExpectAsync(200, "GET", "/connectors/c/tasks"));
    }

    [Fact]
    public async Task Status_has_no_version_when_the_plugin_is_gone()
    {
        await using var server = await ApiServer.StartAsync();
        await server.Grains["c"].CreateAsync(new() { ["connector.class"] = "Gone", ["name"] = "c" }, TargetState.Running);
        await server.ExpectJsonAsync(
            """{"name":"c","connector":{"state":"RUNNING","worker_id":"127.0.0.1:8083","health":"HEALTHY"},"tasks":[],"type":"sink"}""",
            200, "GET", "/connectors/c/status");
    }

    [Fact]
    public async Task Tasks_are_listed_with_their_configuration()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c", tasks: 2);
        const string config =
            """{"connector.class":"TestSink","topics":"t","name":"c","task.class":"Exports.Api.Tests.TestSinkTask"}""";
        await server.ExpectJsonAsync(
            $$"""[{"id":{"connector":"c","task":0},"config":{{config}}},{"id":{"connector":"c","task":1},"config":{{config}}}]""",
            200, "GET", "/connectors/c/tasks");
    }

    [Fact]
    public async Task A_task_tells_its_status_and_is_restarted()
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c", tasks: 2);
        connector.Tasks[1] = InMemoryConnector.NewTask(1, RunState.Failed, "boom");
        Assert.Equal(
            """{"id":1,"state":"FAILED","worker_id":"127.0.0.1:8083","trace":"boom","version":"1.2.3","health":"HEALTHY","restarts":0}""",
            await server.ExpectAsync(200, "GET", "/connectors/c/tasks/1/status"));
        Assert.Equal("", await server.ExpectAsync(204, "POST", "/connectors/c/tasks/1/restart?forward=true"));
        Assert.Equal(["status", "restart task 1"], connector.Calls);
    }

    [Fact]
    public async Task Offsets_are_those_of_the_next_records_to_deliver()
    {
        await using var server = await ApiServer.StartAsync();
        var connector = server.Grains.Create("c");
        Assert.Equal("""{"offsets":[]}""", await server.ExpectAsync(200, "GET", "/connectors/c/offsets"));
        connector.Offsets = [new("t", 0, 42), new("t", 1, 5_000_000_000)];
        await server.ExpectJsonAsync(
            """
            {"offsets":[
                {"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":42}},
                {"partition":{"kafka_topic":"t","kafka_partition":1},"offset":{"kafka_offset":5000000000}}
            ]}
            """,
            200, "GET", "/connectors/c/offsets");
    }

    [Fact]
    public async Task Connectors_are_listed_by_name_and_expanded_on_request()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal("[]", await server.ExpectAsync(200, "GET", "/connectors"));
        Assert.Equal("{}", await server.ExpectAsync(200, "GET", "/connectors?expand=status"));
        server.Grains.Create("c");
        server.Grains.Create("a", tasks: 0);
        Assert.Equal("""["a","c"]""", await server.ExpectAsync(200, "GET", "/connectors"));
        Assert.Equal("""["a","c"]""", await server.ExpectAsync(200, "GET", "/connectors/"));
        await server.ExpectAsync(204, "DELETE", "/connectors/a");
        await server.ExpectJsonAsync($$$"""{"c":{"status":{{{Running}}}}}""", 200, "GET", "/connectors?expand=status");
        await server.ExpectJsonAsync($$$"""{"c":{"info":{{{Info}}}}}""", 200, "GET", "/connectors?expand=info");
        await server.ExpectJsonAsync(
            $$$"""{"c":{"info":{{{Info}}},"status":{{{Running}}}}}""",
            200, "GET", "/connectors?expand=status&expand=info&expand=other");
        Assert.Equal("""{"c":{}}""", await server.ExpectAsync(200, "GET", "/connectors?expand=other"));
    }

    [Fact]
    public async Task What_is_read_can_be_asked_for_without_the_body()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c");
        using var connection = await RawConnection.OpenAsync(server.Address);
        string[] paths = ["/", "/health", "/connectors", "/connectors/c", "/connectors/c/status", "/connector-plugins"];
        foreach (var path in paths)
        {
            var response = await connection.RequestAsync("HEAD", path);
            Assert.Equal(200, response.Status);
            Assert.Equal("application/json", response.Headers["Content-Type"]);
        }
        Assert.Equal(404, (await connection.RequestAsync("HEAD", "/connectors/x")).Status);
        Assert.Equal(200, (await connection.RequestAsync("GET", "/connectors/c")).Status);
    }
}
