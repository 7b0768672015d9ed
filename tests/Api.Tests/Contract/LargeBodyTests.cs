using System.Text;

namespace Exports.Api.Tests;

/// <summary>Bodies above the limit are refused, and the connection goes on.</summary>
public sealed class LargeBodyTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_10_MB_is_refused_and_the_connection_stays_usable(bool chunked)
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c");
        using var connection = await RawConnection.OpenAsync(server.Address);
        for (var round = 0; round < 2; round++)
        {
            var body = new byte[TenMegabytes];
            body.AsSpan().Fill((byte)' ');
            await connection.SendAsync(
                "POST /connectors HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
                + (chunked
                    ? $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n"
                    : $"Content-Length: {body.Length}\r\n\r\n"));
            await connection.SendAsync(body);
            if (chunked)
                await connection.SendAsync("\r\n0\r\n\r\n");
            var response = await connection.ReadAsync();
            Assert.Equal(413, response.Status);
            Assert.Equal(
                "The request's body is too large; at most 1048576 bytes are accepted.",
                ApiServer.ErrorMessage(413, response.Body, response.Headers["Content-Type"]));
            Assert.Equal("""["c"]""", (await connection.RequestAsync("GET", "/connectors")).Body);
        }
    }

    [Fact]
    public async Task A_client_that_asks_first_is_spared_the_sending()
    {
        await using var server = await ApiServer.StartAsync();
        using var connection = await RawConnection.OpenAsync(server.Address);
        await connection.SendAsync(
            "PUT /connectors/c/config HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {TenMegabytes}\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(413, (await connection.ReadAsync()).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_limit_is_the_largest_body_that_is_accepted(bool chunked)
    {
        await using var server = await ApiServer.StartAsync(new ApiOptions { MaxRequestBodyBytes = 100 });
        Assert.Equal(201, await SendAsync(100));
        Assert.Equal(413, await SendAsync(101));

        async Task<int> SendAsync(int size)
        {
            var body = """{"connector.class":"TestSink","topics":"t"}""".PadRight(size);
            using var request = new HttpRequestMessage(HttpMethod.Put, "/connectors/c/config")
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
            };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await server.Client.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task A_client_that_goes_away_in_the_middle_of_its_body_is_nobodys_error()
    {
        await using var server = await ApiServer.StartAsync();
        using (var connection = await RawConnection.OpenAsync(server.Address))
        {
            await connection.SendAsync(
                "POST /connectors HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n{\"name\":");
        }
        await server.ExpectAsync(200, "GET", "/connectors");
        Assert.DoesNotContain(server.Logs.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}
