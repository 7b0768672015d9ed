namespace Exports.Api.Tests;

/// <summary>The topics that a connector has read.</summary>
public sealed class TopicsTests
{
    [Fact]
    public async Task Topics_are_listed_by_the_connectors_name_and_forgotten_on_request()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("c").Topics = ["a", "b"];
        await server.ExpectJsonAsync("""{"c":{"topics":["a","b"]}}""", 200, "GET", "/connectors/c/topics");
        Assert.Empty(await server.ExpectAsync(202, "PUT", "/connectors/c/topics/reset"));
        await server.ExpectJsonAsync("""{"c":{"topics":[]}}""", 200, "GET", "/connectors/c/topics");
    }

    [Fact]
    public async Task A_connector_that_is_not_there_has_no_topics()
    {
        await using var server = await ApiServer.StartAsync();
        await server.ExpectJsonAsync("""{"x":{"topics":[]}}""", 200, "GET", "/connectors/x/topics");
        await server.ExpectAsync(202, "PUT", "/connectors/x/topics/reset");
    }

    [Fact]
    public async Task What_is_switched_off_is_forbidden()
    {
        await using (var server = await ApiServer.StartAsync(new ApiOptions { TracksTopics = false }))
        {
            Assert.Equal("Topic tracking is disabled.", await server.ExpectErrorAsync(403, "GET", "/connectors/c/topics"));
            Assert.Equal("Topic tracking is disabled.", await server.ExpectErrorAsync(403, "PUT", "/connectors/c/topics/reset"));
        }

        await using (var server = await ApiServer.StartAsync(new ApiOptions { AllowsTopicReset = false }))
        {
            server.Grains.Create("c").Topics = ["a"];
            Assert.Equal("Topic tracking reset is disabled.", await server.ExpectErrorAsync(403, "PUT", "/connectors/c/topics/reset"));
            await server.ExpectJsonAsync("""{"c":{"topics":["a"]}}""", 200, "GET", "/connectors/c/topics");
        }
    }
}
