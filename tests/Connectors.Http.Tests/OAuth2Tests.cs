using System.Text;
using Exports.Connectors.Sdk;
using Microsoft.AspNetCore.Http;

namespace Exports.Connectors.Http.Tests;

/// <summary>Access tokens for client credentials.</summary>
public sealed class OAuth2Tests
{
    private const string Form = "grant_type=client_credentials";

    [Fact]
    public async Task One_token_serves_all_requests()
    {
        await using var server = await Receiver.StartAsync(Receiver.Answers(200, """{"access_token":"abc","expires_in":3600}"""));
        await using var receiver = await Receiver.StartAsync();
        using var sender = Open(receiver, server);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => sender.SendAsync(Batch.Record("1", offset: i))));

        var asked = Assert.Single(server.Requests);
        Assert.Equal(Form, asked.Text);
        // Both are encoded as in forms: RFC 6749, section 2.3.1.
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("me:s3%3Acret")), asked.Headers["Authorization"]);
        Assert.All(receiver.Requests, r => Assert.Equal("Bearer abc", r.Headers["Authorization"]));
    }

    [Fact]
    public async Task Name_secret_and_scope_go_into_the_form_where_the_server_wants_them_there()
    {
        await using var server = await Receiver.StartAsync(Receiver.Answers(200, """{"token":"abc"}"""));
        await using var receiver = await Receiver.StartAsync();
        using var sender = Open(
            receiver, server, ("oauth2.client.authorization.mode", "url"), ("oauth2.client.scope", "a b"), ("oauth2.response.token.property", "token"));

        await sender.SendAsync(Batch.Record("1"));

        var asked = Assert.Single(server.Requests);
        Assert.Equal($"{Form}&scope=a+b&client_id=me&client_secret=s3%3Acret", asked.Text);
        Assert.DoesNotContain("Authorization", asked.Headers.Keys);
        Assert.Equal("Bearer abc", Assert.Single(receiver.Requests).Headers["Authorization"]);
    }

    [Fact]
    public async Task A_token_that_runs_out_is_replaced()
    {
        var number = 0;
        await using var server = await Receiver.StartAsync(
            (context, r) => Receiver.Answers(200, $$"""{"access_token":"token-{{++number}}","expires_in":0}""")(context, r));
        await using var receiver = await Receiver.StartAsync();
        using var sender = Open(receiver, server);

        await sender.SendAsync(Batch.Record("1"));
        await sender.SendAsync(Batch.Record("2"));

        Assert.Equal(["Bearer token-1", "Bearer token-2"], receiver.Requests.Select(r => r.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_token_that_is_withdrawn_is_replaced_at_once()
    {
        var number = 0;
        await using var server = await Receiver.StartAsync(
            (context, r) => Receiver.Answers(200, $$"""{"access_token":"token-{{++number}}","expires_in":3600}""")(context, r));
        await using var receiver = await Receiver.StartAsync((context, r) =>
        {
            context.Response.StatusCode = r.Headers["Authorization"] == "Bearer token-2" ? 200 : 401;
            return Task.CompletedTask;
        });
        using var sender = Open(receiver, server);

        await sender.SendAsync(Batch.Record("1"));

        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_receiver_that_refuses_a_fresh_token_fails_the_task_and_the_token_is_not_shown()
    {
        await using var server = await Receiver.StartAsync(Receiver.Answers(200, """{"access_token":"t0k3n","expires_in":3600}"""));
        await using var receiver = await Receiver.StartAsync(Receiver.Answers(401, "t0k3n is bad"));
        using var sender = Open(receiver, server);

        var error = await sender.FailAsync<ConnectException>();

        Assert.Equal(typeof(ConnectException), error.GetType());
        Assert.Contains("[hidden] is bad", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client"}""", typeof(ConnectException), "invalid_client")]
    [InlineData(400, "s3:cret is wrong", typeof(ConnectException), "[hidden] is wrong")]
    [InlineData(200, "<html>", typeof(ConnectException), "not JSON")]
    [InlineData(200, "{}", typeof(ConnectException), "'access_token'")]
    [InlineData(200, "[]", typeof(ConnectException), "'access_token'")]
    [InlineData(503, "busy", typeof(RetriableException), "busy")]
    [InlineData(429, "busy", typeof(RetriableException), "busy")]
    public async Task A_server_that_gives_no_token_is_named(int status, string body, Type type, string expected)
    {
        await using var server = await Receiver.StartAsync(Receiver.Answers(status, body));
        await using var receiver = await Receiver.StartAsync();
        using var sender = Open(receiver, server);

        var error = await Record.ExceptionAsync(() => sender.SendAsync(Batch.Record("1")));

        Assert.IsType(type, error);
        Assert.Contains($"{server.Url[..^5]} gave no token", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }

    private static Sender Open(Receiver receiver, Receiver server, params (string, string)[] config) => new(
        receiver.Url,
        [
            ("http.authorization.type", "oauth2"), ("oauth2.access.token.url", server.Url), ("oauth2.client.id", "me"),
            ("oauth2.client.secret", "s3:cret"), .. config,
        ]);
}
