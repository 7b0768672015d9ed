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
