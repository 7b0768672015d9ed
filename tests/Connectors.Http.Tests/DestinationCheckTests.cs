using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http.Tests;

/// <summary>The question whether a receiver can be reached.</summary>
public sealed class DestinationCheckTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(401)]
    [InlineData(405)]
    [InlineData(500)]
    public async Task Any_answer_counts_and_no_data_and_no_credentials_are_sent(int status)
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(status));

        var errors = await CheckAsync(receiver.Url, ("http.authorization.type", "bearer"), ("http.authorization.token", "t0k3n"));

        Assert.Empty(errors);
        var request = Assert.Single(receiver.Requests);
        Assert.Equal("OPTIONS", request.Method);
        Assert.Empty(request.Body);
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
    }

    [Fact]
    public async Task A_receiver_that_cannot_be_reached_is_named()
    {
        var (key, message) = Assert.Single(await CheckAsync("http://receiver.invalid:81/hook?token=s3cret"));

        Assert.Equal("http.url", key);
        Assert.Contains("http://receiver.invalid:81", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_found()
    {
        using var authority = new Authority();
        await using var receiver = await Receiver.StartAsync(certificate: authority.Issue("127.0.0.1"));

        Assert.Contains(
            "http.ssl.ca.location", Assert.Single(await CheckAsync(receiver.Url)).Message, StringComparison.Ordinal);
        Assert.Empty(await CheckAsync(receiver.Url, ("http.ssl.ca.location", authority.CaFile)));
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_found()
    {
        await using var receiver = await Receiver.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));

        Assert.Contains(
            "has not answered", Assert.Single(await CheckAsync(receiver.Url, ("http.timeout.ms", "100"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_gives_no_token_is_found()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await Receiver.StartAsync(Receiver.Answers(401, "invalid_client"));

        var (key, message) = Assert.Single(await CheckAsync(
            receiver.Url, ("http.authorization.type", "oauth2"), ("oauth2.access.token.url", server.Url), ("oauth2.client.id", "me"),
            ("oauth2.client.secret", "s3cret")));

        Assert.Equal("oauth2.access.token.url", key);
        Assert.Contains("invalid_client", message, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<(string Key, string Message)>> CheckAsync(string url, params (string, string)[] config)
        => new HttpSinkConnector().CheckDestinationAsync(Sender.Keys(url, config), TestContext.Current.CancellationToken);
}
