namespace Exports.Api.Tests;

/// <summary>Levels of loggers, as answers. What the levels do is the worker's.</summary>
public sealed class LoggersTests
{
    [Fact]
    public async Task Levels_are_listed_read_and_set()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectJsonAsync(
            """{"root":{"level":"INFO","last_modified":null},"a.b":{"level":"WARN","last_modified":null}}""", 200, "GET", "/admin/loggers");
        await server.ExpectJsonAsync("""{"level":"WARN","last_modified":null}""", 200, "GET", "/admin/loggers/a.b");

        await server.ExpectJsonAsync("""["a.b"]""", 200, "PUT", "/admin/loggers/a.b", """{"level":"DEBUG"}""");
        await server.ExpectJsonAsync(
            """{"level":"DEBUG","last_modified":1700000000000}""", 200, "GET", "/admin/loggers/a.b");
    }

    [Theory]
    [InlineData("worker", 200, """["root"]""")]
    [InlineData("galaxy", 200, """["root"]""")]
    [InlineData("cluster", 204, "")]
    public async Task The_scope_decides_what_is_answered(string scope, int status, string body)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(body, await server.ExpectAsync(status, "PUT", $"/admin/loggers/root?scope={scope}", """{"level":"DEBUG"}"""));
        Assert.Contains("DEBUG", await server.ExpectAsync(200, "GET", "/admin/loggers/root"));
    }
}
