using System.Net;
using System.Text.Json;

namespace Exports.Api.Tests;

/// <summary>A connector's name may hold any character but control characters.</summary>
public sealed class NameTests(SharedServer shared) : IClassFixture<SharedServer>
{
    public static TheoryData<string> Names { get; } =
    [
        "a/b", "a%2Fb", "a%2fb", "a%252Fb", "%", "100%", "%41", "a b", "a+b", "a?b#c", "a;b=c", "a&b", "a//b", "/", "//", "a/",
        "/a", "\\", "a\\b", "\"quoted\"", "'", "<b>", "{c}", "[d]", "ü/ñ%東京 😀", "..", ".", "...", "../..", "a/../b", "status",
        "config", "CON", "a:b", "a@b", "~", "a,b", "a|b",
        "\u200b", "a\u2028b", "\u00a0x", new string('x', 4000), new string('ü', 600), "#", "a%00b", "a\u0301", "-", "--help", "connectors", "*",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_survives_the_way_through_body_Location_and_path(string name)
    {
        var server = shared.Api;
        var body = JsonSerializer.Serialize(new
        {
            name,
            config = new Dictionary<string, string> { ["connector.class"] = "TestSink", ["topics"] = "t" },
        });
        var (status, text, response) = await server.SendAsync("POST", "/connectors", body);
        Assert.True(status == HttpStatusCode.Created, text);
        Assert.Equal(name, NameIn(text));
        Assert.Contains(name, await ListAsync(server));

        // Sent as it is written: HttpClient would change /connectors/%2E%2E into /.
        var location = response.Headers.GetValues("Location").Single().Replace("/..", "/%2E%2E", StringComparison.Ordinal);
        if (location == "/connectors/.")
            location = "/connectors/%2E";
        using var connection = await RawConnection.OpenAsync(server.Address);
        foreach (var sub in new[] { "", "/status" })
        {
            var found = await connection.RequestAsync("GET", location + sub);
            Assert.True(found.Status == 200, $"{location}{sub}: {found.Status} {found.Body}");
            Assert.Equal(name, NameIn(found.Body));
        }
        Assert.Equal(204, (await connection.RequestAsync("PUT", location + "/stop")).Status);
        Assert.Equal(204, (await connection.RequestAsync("DELETE", location)).Status);
        Assert.DoesNotContain(name, await ListAsync(server));
        Assert.Equal($"Connector {name} not found", MessageIn((await connection.RequestAsync("GET", location)).Body));
    }

    [Theory]
    [InlineData("/connectors/a%2Fb", "a/b")]
    [InlineData("/connectors/a%252Fb", "a%2Fb")]
    [InlineData("/connectors/a%25b", "a%b")]
    [InlineData("/connectors/a+b", "a+b")]
    [InlineData("/connectors/a%20b?forward=true", "a b")]
    [InlineData("/connectors/a;v=1", "a;v=1")]
    [InlineData("http://test/connectors/a%2Fb", "a/b")]
    [InlineData("/Connectors/%C3%BC", "ü")]
    public async Task A_path_segment_is_decoded_once(string target, string name)
    {
        var server = shared.Api;
        using var connection = await RawConnection.OpenAsync(server.Address);
        Assert.Equal($"Connector {name} not found", MessageIn((await connection.RequestAsync("GET", target)).Body));
    }

    [Theory]
    [InlineData("  c1 ", "c1")]
    [InlineData("\t\n c 1\r", "c 1")]
    [InlineData("\u00a0c\u00a0", "\u00a0c\u00a0")]
    public async Task White_space_around_the_name_in_a_request_is_dropped_as_Java_does(string name, string trimmed)
    {
        var server = shared.Api;
        var body = JsonSerializer.Serialize(new
        {
            name,
            config = new Dictionary<string, string> { ["connector.class"] = "TestSink", ["topics"] = "t", ["name"] = trimmed },
        });
        await server.ExpectAsync(201, "POST", "/connectors", body);
        Assert.Contains(trimmed, await ListAsync(server));
        await server.ExpectAsync(204, "DELETE", $"/connectors/{Uri.EscapeDataString(trimmed)}");
    }

    private static async Task<string[]> ListAsync(ApiServer server)
        => JsonSerializer.Deserialize<string[]>(await server.ExpectAsync(200, "GET", "/connectors"))!;

    private static string NameIn(string body) => JsonDocument.Parse(body).RootElement.GetProperty("name").GetString()!;

    private static string MessageIn(string body) => JsonDocument.Parse(body).RootElement.GetProperty("message").GetString()!;
}
