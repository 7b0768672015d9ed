using System.Net;
using System.Net.Sockets;
using Exports.Connectors.Sdk;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Exports.Connectors.Http.Tests;

/// <summary>Connections: kept, lost, refused, hanging, encrypted.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Requests_share_a_connection_also_after_refusals()
    {
        var status = 200;
        await using var receiver = await Receiver.StartAsync((context, r) => Receiver.Answers(status, "some text")(context, r));
        using var sender = new Sender(receiver.Url);

        await sender.SendAsync(Batch.Record("1"));
        status = 500;
        await sender.FailAsync<RetriableException>();
        status = 200;
        await sender.SendAsync(Batch.Record("2"));

        Assert.Equal(3, receiver.Requests.Count);
        Assert.Single(receiver.Requests.Select(r => r.Connection).Distinct());
    }

    [Fact]
    public async Task No_more_connections_are_opened_than_requests_may_be_under_way()
    {
        var all = new TaskCompletionSource();
        var waiting = 0;
        await using var receiver = await Receiver.StartAsync(async (_, _) =>
        {
            if (Interlocked.Increment(ref waiting) == 4)
                all.SetResult();
            await all.Task;
        });
        using var sender = new Sender(receiver.Url, ("http.max.in.flight", "4"));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => sender.SendAsync(Batch.Record("1", offset: i))));

        Assert.Equal(4, receiver.Requests.Select(r => r.Connection).Distinct().Count());
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_worth_another_try()
    {
        await using var receiver = await Receiver.StartAsync((context, _) =>
        {
            context.Features.Get<IConnectionSocketFeature>()!.Socket.Close(0);
            return Task.CompletedTask;
        });
        using var sender = new Sender(receiver.Url);

        var error = await sender.FailAsync<RetriableException>();

        Assert.StartsWith($"No answer from {receiver.Url[..^5]}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_worth_another_try()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var sender = new Sender($"http://127.0.0.1:{port}/");

        Assert.Contains("refused", (await sender.FailAsync<RetriableException>()).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_worth_another_try()
    {
        using var sender = new Sender("http://receiver.invalid/");

        Assert.Contains("receiver.invalid", (await sender.FailAsync<RetriableException>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_given_up_after_the_timeout()
    {
        await using var receiver = await Receiver.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var sender = new Sender(receiver.Url, ("http.timeout.ms", "100"));

        var error = await sender.FailAsync<RetriableException>();

        Assert.Contains("has not answered within http.timeout.ms=100", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_stopped_ends_its_request_at_once()
    {
        var arrived = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync((context, _) =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var config = HttpSinkConfig.Parse(Sender.Keys(receiver.Url));
        using var destination = new HttpDestination(config, "c", TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var record = Batch.Record("1");
        new RecordEncoder(config).Prepare(ref record);

        var sending = destination.SendAsync(new Batch(record), stop.Token).AsTask();
        await arrived.Task;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task HTTP_2_is_spoken_over_TLS_where_the_receiver_knows_it()
    {
        using var authority = new Authority();
        await using var receiver = await Receiver.StartAsync(certificate: authority.Issue("127.0.0.1"));
        using var sender = new Sender(receiver.Url, ("http.ssl.ca.location", authority.CaFile));

        await sender.SendAsync(Batch.Record("1"));

        Assert.Equal("HTTP/2", Assert.Single(receiver.Requests).Protocol);
    }

    [Fact]
    public async Task HTTP_1_1_is_spoken_where_that_is_asked_for_or_all_that_the_receiver_knows()
    {
        using var authority = new Authority();
        await using var both = await Receiver.StartAsync(certificate: authority.Issue("127.0.0.1"));
        await using var old = await Receiver.StartAsync(certificate: authority.Issue("127.0.0.1"), protocols: HttpProtocols.Http1);
        using var asked = new Sender(both.Url, ("http.ssl.ca.location", authority.CaFile), ("http.version", "1.1"));
        using var auto = new Sender(old.Url, ("http.ssl.ca.location", authority.CaFile));

        await asked.SendAsync(Batch.Record("1"));
        await auto.SendAsync(Batch.Record("1"));

        Assert.Equal("HTTP/1.1", Assert.Single(both.Requests).Protocol);
        Assert.Equal("HTTP/1.1", Assert.Single(old.Requests).Protocol);
    }

    [Fact]
    public async Task HTTP_2_without_TLS_is_spoken_where_that_is_asked_for()
    {
        await using var receiver = await Receiver.StartAsync(protocols: HttpProtocols.Http2);
        using var sender = new Sender(receiver.Url, ("http.version", "2"));

        await sender.SendAsync(Batch.Record("1"));

        Assert.Equal("HTTP/2", Assert.Single(receiver.Requests).Protocol);
    }

    [Fact]
    public async Task A_receiver_without_the_version_that_is_insisted_on_fails_the_task()
    {
        using var authority = new Authority();
        await using var receiver = await Receiver.StartAsync(certificate: authority.Issue("127.0.0.1"), protocols: HttpProtocols.Http1);
        using var sender = new Sender(receiver.Url, ("http.ssl.ca.location", authority.CaFile), ("http.version", "2"));

        var error = await sender.FailAsync<ConnectException>();

        Assert.Equal(typeof(ConnectException), error.GetType());
        Assert.Contains("http.version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        using var authority = new Authority();
        using var another = new Authority();
        await using var receiver = await Receiver.StartAsync(certificate: authority.Issue("127.0.0.1"));
        using var system = new Sender(receiver.Url);
        using var wrong = new Sender(receiver.Url, ("http.ssl.ca.location", another.CaFile));

        foreach (var sender in (Sender[])[system, wrong])
        {
            var error = await sender.FailAsync<ConnectException>();
            Assert.Equal(typeof(ConnectException), error.GetType());
            Assert.Contains("http.ssl.ca.location", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused()
    {
        using var authority = new Authority();
        await using var receiver = await Receiver.StartAsync(certificate: authority.Issue("10.1.2.3"));
        using var sender = new Sender(receiver.Url, ("http.ssl.ca.location", authority.CaFile));

        Assert.Contains("valid for its host", (await sender.FailAsync<ConnectException>()).Message, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("pa55word")]
    public async Task A_client_shows_its_own_certificate(string? password)
    {
        using var authority = new Authority();
        await using var receiver = await Receiver.StartAsync(certificate: authority.Issue("127.0.0.1"), asksForCertificate: true);
        var (certificate, key) = authority.WriteClient("CN=exports", password);
        var config = new List<(string, string)>
        {
            ("http.ssl.ca.location", authority.CaFile), ("http.ssl.certificate.location", certificate), ("http.ssl.key.location", key),
        };
        if (password is not null)
            config.Add(("http.ssl.key.password", password));
        using var sender = new Sender(receiver.Url, [.. config]);

        await sender.SendAsync(Batch.Record("1"));

        Assert.Equal("CN=exports", Assert.Single(receiver.Requests).ClientSubject);
    }
}
