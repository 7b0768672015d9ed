namespace Exports.Api.Tests;

/// <summary>Bodies whose framing is wrong.</summary>
public sealed class BrokenBodyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_chunk_longer_than_any_number_is_the_clients_mistake()
    {
        using var connection = await RawConnection.OpenAsync(shared.Api.Address);
        await connection.SendAsync(
            "POST /connectors HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "FFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n");
        var response = await connection.ReadAsync();
        Assert.Equal(400, response.Status);
        Assert.Equal(
            "The request's body cannot be read: the lengths in it are wrong.",
            ApiServer.ErrorMessage(400, response.Body, response.Headers["Content-Type"]));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    public async Task A_body_with_two_lengths_is_refused_and_nothing_behind_it_is_taken_for_a_request(string lengths)
    {
        using var connection = await RawConnection.OpenAsync(shared.Api.Address);
        await connection.SendAsync(
            $"POST /connectors HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n{lengths}\r\n\r\n"
            + "0\r\n\r\nGET / HTTP/1.1\r\nHost: test\r\n\r\n");
        var response = await connection.ReadAsync();
        Assert.Equal(400, response.Status);
        Assert.Equal(
            "The request has both Content-Length and Transfer-Encoding",
            ApiServer.ErrorMessage(400, response.Body, response.Headers["Content-Type"]));
        Assert.Equal("close", response.Headers["Connection"]);
        // No second answer: the connection is closed, or reset with what was not read.
        await Assert.ThrowsAnyAsync<IOException>(() => connection.ReadAsync());
    }

    [Theory]
    [InlineData("%0A")]
    [InlineData("%20%09")]
    [InlineData("%C2%A0")]
    public async Task No_connector_has_a_name_of_white_space(string name)
    {
        await shared.Api.ExpectErrorAsync(404, "GET", $"/connectors/{name}");
        Assert.Contains(
            "for configuration name: ",
            await shared.Api.ExpectErrorAsync(400, "PUT", $"/connectors/{name}/config", """{"connector.class":"TestSink","topics":"t"}"""));
    }
}
