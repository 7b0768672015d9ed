using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Exports.Connectors.Sdk;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Exports.Connectors.Http.Tests;

/// <summary>What each answer means for the records of a request.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Every_2xx_accepts_the_records(int status)
    {
        await using var receiver = await Receiver.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using var sender = new Sender(receiver.Url);

        await sender.SendAsync(Batch.Record("1"), Batch.Record("2"));

        Assert.Equal("[1,2]", Assert.Single(receiver.Requests).Text);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task The_receiver_says_when_to_come_back_in_seconds(int status)
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(status, "slow down", ("Retry-After", "17")));
        using var sender = new Sender(receiver.Url);

        var error = await sender.FailAsync<ThrottledException>();

        Assert.Equal(TimeSpan.FromSeconds(17), error.RetryAfter);
        Assert.Contains($"answered {status}", error.Message, StringComparison.Ordinal);
        Assert.Contains("slow down", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 50, 60)]
    [InlineData(-60, 0, 0)]
    public async Task The_receiver_says_when_to_come_back_as_a_date(int seconds, int atLeast, int atMost)
    {
        var date = DateTimeOffset.UtcNow.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture);
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(429, "", ("Retry-After", date)));
        using var sender = new Sender(receiver.Url);

        var error = await sender.FailAsync<ThrottledException>();

        Assert.InRange(error.RetryAfter!.Value.TotalSeconds, atLeast, atMost);
    }

    [Fact]
    public async Task A_429_without_or_with_a_broken_Retry_After_leaves_the_wait_to_the_engine()
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(429, "", ("Retry-After", "soon")));
        using var sender = new Sender(receiver.Url);

        Assert.Null((await sender.FailAsync<ThrottledException>()).RetryAfter);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(425)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_may_pass_is_tried_again(int status)
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(status, "busy"));
        using var sender = new Sender(receiver.Url);

        Assert.Contains("busy", (await sender.FailAsync<RetriableException>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task What_is_in_the_request_may_be_at_fault(int status)
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(status, "field 'a' is missing"));
        using var sender = new Sender(receiver.Url);

        var one = await sender.FailAsync<DataException>();
        var two = await Assert.ThrowsAsync<DataException>(() => sender.SendAsync(Batch.Record("1", offset: 7), Batch.Record("2", offset: 8)));

        Assert.Contains("to the record t-0@7: field 'a' is missing", one.Message, StringComparison.Ordinal);
        Assert.Contains("a request of 2 records, the first being t-0@7: field 'a' is missing", two.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "http.authorization.type")]
    [InlineData(403, "http.authorization.type")]
    [InlineData(404, "the path of http.url")]
    [InlineData(410, "the path of http.url")]
    [InlineData(405, "http.method")]
    [InlineData(407, "proxy")]
    [InlineData(415, "http.headers.content.type")]
    [InlineData(418, "Trying again would not help")]
    public async Task What_the_operator_has_to_mend_fails_the_task_and_says_where(int status, string hint)
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(status, "no"));
        using var sender = new Sender(receiver.Url);

        var error = await sender.FailAsync<ConnectException>();

        Assert.Equal(typeof(ConnectException), error.GetType());
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_and_its_target_is_named_without_what_may_be_secret(int status)
    {
        await using var receiver = await Receiver.StartAsync(
            Receiver.Answers(status, "", ("Location", "https://elsewhere.example:444/hook?token=s3cret")));
        using var sender = new Sender(receiver.Url);

        var error = await sender.FailAsync<ConnectException>();

        Assert.Contains("a redirect to https://elsewhere.example:444.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_body_is_quoted_as_one_bounded_line_without_our_secrets()
    {
        var page = "<html>\r\n\tyou sent Bearer t0k3n-abc, key-1234 and \u001b[31m to /hook/path-s3cret with query-s3cret" + new string('x', 100_000);
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(500, page));
        using var sender = new Sender(
            receiver.Url + "/path-s3cret?query-s3cret", ("http.authorization.type", "bearer"), ("http.authorization.token", "t0k3n-abc"),
            ("http.headers.X-Api-Key", "key-1234"));

        var message = (await sender.FailAsync<RetriableException>()).Message;

        Assert.Contains("<html> you sent [hidden], [hidden] and [31m to [hidden] with [hidden]xxx", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 300, 450);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_success_that_is_said_before_the_end_of_the_body_is_none()
    {
        // Says 200 to the headers alone, reads nothing, and hangs up.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[100]);
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });
        using var sender = new Sender($"http://{listener.LocalEndpoint}/");

        await Assert.ThrowsAsync<RetriableException>(() => sender.SendAsync(Large()));
        await serving;
    }

    [Fact]
    public async Task A_success_that_is_said_before_the_end_of_the_body_is_none_in_HTTP_2_either()
    {
        await using var receiver = await Receiver.StartAsync(protocols: HttpProtocols.Http2, readsBody: false);
        using var sender = new Sender(receiver.Url, ("http.version", "2"));

        var error = await Assert.ThrowsAsync<RetriableException>(() => sender.SendAsync(Large()));

        Assert.Contains("answered 200, but hung up", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "1.1")]
    [InlineData(HttpProtocols.Http2, "2")]
    public async Task A_body_larger_than_the_receiver_takes_is_reported_as_such_though_it_hangs_up_early(
        HttpProtocols protocols, string version)
    {
        await using var receiver = await Receiver.StartAsync(largestBody: 10_000, protocols: protocols);
        using var sender = new Sender(receiver.Url, ("http.version", version));

        var error = await Record.ExceptionAsync(() => sender.SendAsync(Large()));

        Assert.IsType<DataException>(error);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task An_answer_that_never_ends_does_not_hold_the_records_up()
    {
        await using var receiver = await Receiver.StartAsync(async (context, _) =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string('x', 10_000));
        });
        using var sender = new Sender(receiver.Url);

        await sender.SendAsync(Batch.Record("1"));

        Assert.Single(receiver.Requests);
    }

    /// <summary>More than the buffers of a connection hold.</summary>
    private static SinkRecord[] Large()
    {
        var value = $"\"{new string('x', 1_000_000)}\"";
        return [.. Enumerable.Range(0, 16).Select(i => Batch.Record(value, i))];
    }
}
