using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http.Tests;

/// <summary>Credentials, signatures and other headers.</summary>
public sealed class HeaderTests
{
    [Fact]
    public async Task A_request_carries_what_the_configuration_says()
    {
        var request = await SendAsync(
            ("http.method", "PUT"), ("http.headers.X-Api-Key", " key, with comma "), ("http.headers.content.type", "application/vnd.acme+json"),
            ("http.headers.content-language", "de"));

        Assert.Equal("PUT", request.Method);
        Assert.Equal("/hook", request.Path);
        Assert.Equal("key, with comma", request.Headers["X-Api-Key"]);
        Assert.Equal("application/vnd.acme+json", request.Headers["Content-Type"]);
        Assert.Equal("de", request.Headers["Content-Language"]);
        Assert.Equal("3", request.Headers["Content-Length"]);
        Assert.StartsWith("Exports/", request.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
        Assert.DoesNotContain("X-Signature", request.Headers.Keys);
        Assert.DoesNotContain("traceparent", request.Headers.Keys);
    }

    [Theory]
    [InlineData("json", "application/json")]
    [InlineData("ndjson", "application/x-ndjson")]
    public async Task The_content_type_follows_from_the_format(string format, string expected)
        => Assert.Equal(expected, (await SendAsync(("http.body.format", format))).Headers["Content-Type"]);

    [Fact]
    public async Task Authorization_is_sent_as_configured()
    {
        var fixedText = await SendAsync(("http.authorization.type", "static"), ("http.headers.authorization", "ApiKey abc"));
        var basic = await SendAsync(
            ("http.authorization.type", "basic"), ("http.authorization.user", "ann"), ("http.authorization.password", "pä:ss"));
        var keyOnly = await SendAsync(
            ("http.authorization.type", "basic"), ("http.authorization.user", "key"), ("http.authorization.password", ""));
        var bearer = await SendAsync(("http.authorization.type", "bearer"), ("http.authorization.token", "t0k3n"));

        Assert.Equal("ApiKey abc", fixedText.Headers["Authorization"]);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:pä:ss")), basic.Headers["Authorization"]);
        Assert.Equal("Basic " + Convert.ToBase64String("key:"u8), keyOnly.Headers["Authorization"]);
        Assert.Equal("Bearer t0k3n", bearer.Headers["Authorization"]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    public async Task A_receiver_can_verify_who_has_sent_a_request_and_when(string compression)
    {
        var request = await SendAsync(("http.signature.secret", "s3cret"), ("http.compression", compression));

        var timestamp = request.Headers["X-Signature-Timestamp"];
        var age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture);
        Assert.InRange(age, 0, 60);
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. request.Body];
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes("s3cret"), signed);
        Assert.Equal($"sha256={Convert.ToHexStringLower(expected)}", request.Headers["X-Signature"]);
    }

    [Fact]
    public async Task The_headers_of_a_signature_have_the_names_that_the_receiver_knows()
    {
        var request = await SendAsync(
            ("http.signature.secret", "s3cret"), ("http.signature.header", "X-Acme-Sig"), ("http.signature.timestamp.header", "X-Acme-Time"));

        Assert.StartsWith("sha256=", request.Headers["X-Acme-Sig"], StringComparison.Ordinal);
        Assert.NotEmpty(request.Headers["X-Acme-Time"]);
        Assert.DoesNotContain("X-Signature", request.Headers.Keys);
    }

    [Fact]
    public async Task The_same_records_have_the_same_idempotency_key_and_others_have_others()
    {
        await using var receiver = await Receiver.StartAsync();
        SinkRecord[][] requests =
        [
            [Batch.Record("1", offset: 1), Batch.Record("2", offset: 2)],
            [Batch.Record("1", offset: 1), Batch.Record("2", offset: 2)],
            [Batch.Record("1", offset: 1)],
            [Batch.Record("1", offset: 1, partition: 1)],
            [Batch.Record("1", offset: 1, topic: "t2")],
        ];
        foreach (var request in requests)
        {
            // A task that has been restarted.
            using var sender = new Sender(receiver.Url);
            await sender.SendAsync(request);
        }

        var keys = receiver.Requests.Select(r => r.Headers["Idempotency-Key"]).ToArray();
        Assert.Equal(keys[0], keys[1]);
        Assert.Equal(4, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{32}$", key));
    }

    [Fact]
    public async Task The_idempotency_key_can_be_renamed_and_left_out()
    {
        Assert.NotEmpty((await SendAsync(("http.idempotency.header", "X-Request-Id"))).Headers["X-Request-Id"]);
        Assert.DoesNotContain("Idempotency-Key", (await SendAsync(("http.idempotency.header", ""))).Headers.Keys);
    }

    private static async Task<Received> SendAsync(params (string, string)[] config)
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new Sender(receiver.Url, config);
        await sender.SendAsync(Batch.Record("1"));
        return Assert.Single(receiver.Requests);
    }
}
