using System.Text;

namespace Exports.Api.Tests;

/// <summary>Thousands of random requests, the same in every run.</summary>
public sealed class FuzzTests
{
    private const int Requests = 5000;
    private static readonly string[] s_methods =
    [
        "GET", "GET", "POST", "POST", "POST", "PUT", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW",
    ];

    private static readonly string[] s_routes =
    [
        "/", "/health", "/connectors", "/connectors", "/connectors", "/connectors/c", "/connectors/c/config",
        "/connectors/c/status", "/connectors/c/tasks", "/connectors/c/tasks/0/status",
        "/connectors/c/tasks/0/restart", "/connectors/c/pause", "/connectors/c/resume",
        "/connectors/c/stop", "/connectors/c/restart", "/connectors/c/offsets", "/connectors/n", "/connectors/n/config",
        "/connector-plugins", "/connector-plugins/TestSink/config/validate", "/connector-plugins/TestSink/config",
        "/connectors/c/topics", "/connectors/c/topics/reset", "/admin/loggers", "/admin/loggers/root", "/openapi.json",
    ];

    private static readonly string[] s_segments =
    [
        "connectors", "connector-plugins", "admin", "loggers", "health", "c", "x", "config", "status", "tasks", "0", "1", "-1",
        "99999999999", "pause", "resume", "stop", "restart", "offsets", "topics", "reset", "validate", "TestSink", "%2F", "%25",
        "%252F", "%2E%2E", "..", ".", "%C3%BC", "%F0%9F%98%80", "%ff", "%", "%4", "%zz", "a%20b", "+", ";", "{}", "~", "", "%0A",
        "%5C",
    ];

    private static readonly string[] s_queries =
    [
        "expand=status", "expand=info", "expand", "includeTasks=true", "includeTasks=x", "onlyFailed=true", "onlyFailed=",
        "connectorsOnly=false", "connectorsOnly=%ff", "forward=true", "a=b", "=", "&", "%", "expand=status&expand=info",
    ];

    private static readonly string[] s_contentTypes =
    [
        "application/json", "application/json", "application/json", "application/json", "application/json; charset=utf-8",
        "text/plain", "", "a", "application/json; charset=\"", ";;",
    ];

    private static readonly string[] s_json =
    [
        "{", "}", "[", "]", ":", ",", "\"name\"", "\"config\"", "\"connector.class\"", "\"TestSink\"", "\"topics\"", "\"t\"",
        "\"initial_state\"", "\"PAUSED\"", "\"tasks.max\"", "null", "true", "1", "-1.5e300", "\"\\ud800\"", "\"\\u0000\"",
        "\"", "\\",
        "\"initial_offsets\"", "\"offsets\"", "\"partition\"", "\"kafka_topic\"", "\"kafka_offset\"", "\"level\"", " ", "\n", "\uFEFF", "\u0000", "//", "é", "\"name\":\"n\"",
    ];

    private static readonly string[] s_bodies =
    [
        "{}",
        """{"level":"DEBUG"}""",
        """{"topics":null}""",
        """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":5}}]}""",
        """{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":{}},"offset":null}]}""",
        """{"name":"n","config":{}}""",
        """{"name":"c","config":{"connector.class":"TestSink","topics":"t"}}""",
        """{"name":"n","config":{"connector.class":"TestSink","topics":"t"}}""",
        """{"name":"\u0000","config":{"connector.class":"TestSink","topics":"t"}}""",
        """{"connector.class":"TestSink","topics":"t"}""",
        """{"connector.class":"TestSink","topics":"t","name":null}""",
        """{"connector.class":"TestSink","topics":"t","tasks.max":-1}""",
        """{"connector.class":1,"topics":true}""",
        """{"connector.class":"","topics":""}""",
        """{"name":"c","connector.class":"TestSink","topics.regex":"("}""",
        """{"connector.class":"TestSink","topics":"t","transforms":"a,a","transforms.a.type":"Nope"}""",
        """{"connector.class":"TestSink","topics":"t","predicates":"p","value.converter":"Nope","errors.tolerance":"some"}""",
        """{"connector.class":"TestSink","topics":"t","consumer.override.group.id":"","a":"${file:/nope:x}"}""",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_is_sent_the_answer_is_no_500_and_every_error_is_JSON(int seed)
    {
        await using var server = await ApiServer.StartAsync();
        var random = new Random(seed);
        var connection = await RawConnection.OpenAsync(server.Address);
        var byStatus = new SortedDictionary<int, int>();
        for (var i = 0; i < Requests; i++)
        {
            if (i % 10 == 0)
                server.Grains.Create("c", tasks: 2); // Where it has been deleted.
            var (method, target, contentType, body) = Next(random);
            var request = $"{method} {target} ({contentType}) {Encoding.UTF8.GetString(body)}";
            try
            {
                var head = $"{method} {target} HTTP/1.1\r\nHost: test\r\nContent-Length: {body.Length}\r\n"
                    + (contentType.Length == 0 ? "\r\n" : $"Content-Type: {contentType}\r\n\r\n");
                await connection.SendAsync([.. Encoding.UTF8.GetBytes(head), .. body]);
                var response = await connection.ReadAsync(method == "HEAD");
                byStatus[response.Status] = byStatus.GetValueOrDefault(response.Status) + 1;
                Assert.NotEqual(500, response.Status);
                if (response.Status == 409)
                    Assert.Contains("already exists", response.Body);
                if (response.Status >= 400 && method != "HEAD")
                    ApiServer.ErrorMessage(response.Status, response.Body, response.Headers.GetValueOrDefault("Content-Type"));
                if (response.Headers.GetValueOrDefault("Connection") == "close")
                {
                    connection.Dispose();
                    connection = await RawConnection.OpenAsync(server.Address);
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Request {i} of seed {seed}: {request}", e);
            }
        }
        connection.Dispose();
        Assert.DoesNotContain(server.Logs.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
        Assert.All(new[] { 200, 201, 202, 204, 400, 404, 405, 409, 415 }, status => Assert.Contains(status, byStatus.Keys));
    }

    private static (string Method, string Target, string ContentType, byte[] Body) Next(Random random)
    {
        var target = new StringBuilder();
        if (random.Next(2) == 0)
            target.Append(Pick(s_routes));
        else
        {
            if (random.Next(4) > 0)
                target.Append("/connectors");
            for (var segments = random.Next(random.Next(2, 6)); segments > 0; segments--)
                target.Append('/').Append(Pick(s_segments));
        }
        if (target.Length == 0)
            target.Append('/');
        if (random.Next(3) == 0)
            target.Append('?').Append(Pick(s_queries));

        var body = new StringBuilder();
        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                for (var parts = random.Next(12); parts > 0; parts--)
                    body.Append(Pick(s_json));
                break;
            default:
                body.Append(Pick(s_bodies));
                break;
        }
        var bytes = Encoding.UTF8.GetBytes(body.ToString());
        for (var flips = random.Next(4) == 0 ? random.Next(4) : 0; flips > 0 && bytes.Length > 0; flips--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return (Pick(s_methods), target.ToString(), Pick(s_contentTypes), bytes);

        string Pick(string[] from) => from[random.Next(from.Length)];
    }
}
