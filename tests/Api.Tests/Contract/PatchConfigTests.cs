using System.Globalization;
using System.Text.Json;

namespace Exports.Api.Tests;

/// <summary>Changing single keys of a configuration.</summary>
public sealed class PatchConfigTests
{
    [Fact]
    public async Task Keys_are_changed_added_and_removed_and_the_others_stay()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectAsync(
            201, "PUT", "/connectors/c/config", """{"connector.class":"TestSink","topics":"t","test.target":"here","tasks.max":"2"}""");
        Dictionary<string, string> expected = new()
        {
            ["connector.class"] = "TestSink",
            ["topics"] = "u",
            ["tasks.max"] = "3",
            ["name"] = "c",
            ["errors.tolerance"] = "all",
        };

        using var answer = JsonDocument.Parse(await server.ExpectAsync(
            200, "PATCH", "/connectors/c/config?forward=false",
            """{"topics":"u","tasks.max":3,"test.target":null,"errors.tolerance":"all","not.there":null,"name":"somebody else"}"""));

        Assert.Equal("c", answer.RootElement.GetProperty("name").GetString());
        Assert.Equal(expected, answer.RootElement.GetProperty("config").Deserialize<Dictionary<string, string>>());
        Assert.Equal(
            expected, JsonSerializer.Deserialize<Dictionary<string, string>>(await server.ExpectAsync(200, "GET", "/connectors/c/config")));
    }

    [Fact]
    public async Task What_would_be_wrong_as_a_whole_is_refused_and_changes_nothing()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectAsync(201, "PUT", "/connectors/c/config", """{"connector.class":"TestSink","topics":"t"}""");
        Assert.Contains(
            "Must configure one of topics or topics.regex",
            await server.ExpectErrorAsync(400, "PATCH", "/connectors/c/config", """{"topics":null}"""));
        Assert.Contains(
            "contains no connector type", await server.ExpectErrorAsync(400, "PATCH", "/connectors/c/config", """{"connector.class":null}"""));
        await server.ExpectJsonAsync(
            """{"connector.class":"TestSink","topics":"t","name":"c"}""", 200, "GET", "/connectors/c/config");
    }

    [Fact]
    public async Task Of_many_that_change_different_keys_at_once_none_is_lost()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectAsync(201, "PUT", "/connectors/c/config", """{"connector.class":"TestSink","topics":"t"}""");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i <= 10; i++)
                await server.ExpectAsync(200, "PATCH", "/connectors/c/config", $$"""{"x.{{client}}":{{i}}}""");
        })));
        var config = JsonSerializer.Deserialize<Dictionary<string, string>>(await server.ExpectAsync(200, "GET", "/connectors/c/config"))!;
        for (var client = 0; client < 16; client++)
            Assert.Equal("10", config["x." + client.ToString(CultureInfo.InvariantCulture)]);
    }
}
