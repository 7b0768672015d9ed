using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Exports.Silo.Tests.Rest;

/// <summary>Places, other origins, headers and limits.</summary>
public sealed class SurfaceTests
{
    [Fact]
    public async Task Admin_has_a_port_of_its_own_responses_their_headers_and_pages_of_one_origin_may_call()
    {
        await using var worker = await RestWorker.StartAsync(
            ("admin.listeners", "http://127.0.0.1:0"),
            ("access.control.allow.origin", "https://ui.example.com,https://*.example.org"),
            ("access.control.allow.methods", "GET,PUT"),
            ("response.http.headers.config", "set X-Frame-Options: DENY, \"add Cache-Control: no-cache, no-store\", setDate Expires: -1000"));
        using var client = new HttpClient();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(worker.Addresses[0], "/admin/loggers"))).StatusCode);
        Assert.NotEqual(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(worker.Addresses[1], "/admin/loggers"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(worker.Addresses[1], "/connectors"))).StatusCode);

        foreach (var path in new[] { "/connectors", "/nothing" })
        {
            var response = await client.GetAsync(new Uri(worker.Addresses[0], path));
            Assert.Equal(["DENY"], response.Headers.GetValues("X-Frame-Options"));
            Assert.Equal("no-store, no-cache", response.Headers.CacheControl!.ToString());
            Assert.True(response.Content.Headers.Expires < DateTimeOffset.UtcNow);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }

        foreach (var (origin, allowed) in new[]
        {
            ("https://ui.example.com", true), ("https://a.example.org", true), ("https://example.com", false), ("http://ui.example.com", false),
        })
        {
            using var question = new HttpRequestMessage(HttpMethod.Options, new Uri(worker.Addresses[0], "/connectors/c/pause"));
            question.Headers.Add("Origin", origin);
            question.Headers.Add("Access-Control-Request-Method", "PUT");
            var answer = await client.SendAsync(question);
            Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values));
            Assert.Equal(allowed ? [origin] : null, values);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task An_empty_list_of_admin_listeners_switches_admin_off()
    {
        await using var worker = await RestWorker.StartAsync(("admin.listeners", ""));
        using var client = new HttpClient { BaseAddress = worker.Addresses[0] };

        Assert.Single(worker.Addresses);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/ADMIN/loggers")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connectors")).StatusCode);
    }

    [Fact]
    public async Task What_is_too_large_too_slow_or_too_much_is_refused_and_the_worker_goes_on()
    {
        await using var worker = await RestWorker.StartAsync(
            ("rest.max.request.bytes", "1024"), ("rest.max.header.bytes", "2048"), ("rest.max.request.line.bytes", "1024"),
            ("rest.headers.timeout.ms", "300"), ("rest.idle.timeout.ms", "300"), ("rest.max.connections", "4"));
        var address = worker.Addresses[0];
        const string Host = "Host: x\r\n";

        // The body itself is never sent: the answer comes before it.
        Assert.StartsWith("HTTP/1.1 413", await AnswerAsync(address, $"POST /connectors HTTP/1.1\r\n{Host}Content-Type: application/json\r\nContent-Length: 1025\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 431", await AnswerAsync(address, $"GET / HTTP/1.1\r\n{Host}X: {new string('x', 4096)}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 414", await AnswerAsync(address, $"GET /{new string('x', 4096)} HTTP/1.1\r\n{Host}\r\n"));
        Assert.StartsWith("HTTP/1.1 408", await AnswerAsync(address, $"GET / HTTP/1.1\r\n{Host}"));
        Assert.Equal("", await AnswerAsync(address, ""));

        var open = new List<TcpClient>();
        var refused = 0;
        for (var i = 0; i < 12; i++)
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync(address.Host, address.Port);
            open.Add(tcp);
            refused += await IsClosedAtOnceAsync(tcp) ? 1 : 0;
        }

        open.ForEach(tcp => tcp.Dispose());
        Assert.True(refused > 0);
        await Processes.Eventually.TrueAsync(async () => (await AnswerAsync(address, $"GET /health HTTP/1.1\r\n{Host}Connection: close\r\n\r\n"))
            .StartsWith("HTTP/1.1 200", StringComparison.Ordinal), () => "connections are free again");
    }

    private static async Task<bool> IsClosedAtOnceAsync(TcpClient tcp)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        try
        {
            return await tcp.GetStream().ReadAsync(new byte[1], limit.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Everything that comes until the server closes the connection, or has answered and waits.</summary>
    private static async Task<string> AnswerAsync(Uri address, string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var bytes = new byte[4096];
        try
        {
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
            return Encoding.ASCII.GetString(bytes, 0, await tcp.GetStream().ReadAsync(bytes, limit.Token));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
