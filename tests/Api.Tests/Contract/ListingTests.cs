using System.Text.Json;

namespace Exports.Api.Tests;

/// <summary>Expanded listings of many connectors.</summary>
public sealed class ListingTests
{
    [Fact]
    public async Task Many_connectors_are_asked_at_once_but_not_all()
    {
        await using var server = await ApiServer.StartAsync(new ApiOptions { ListingConcurrency = 8 });
        var gate = new TaskCompletionSource();
        for (var i = 0; i < 100; i++)
            server.Grains.Create($"c{i:000}").Gate = gate.Task;

        var listing = server.ExpectAsync(200, "GET", "/connectors?expand=status");
        await Wait.UntilAsync(() => server.Grains.Index.MostAtOnce >= 8, "8 connectors were asked at once");
        gate.SetResult();

        using var json = JsonDocument.Parse(await listing);
        var listed = json.RootElement.EnumerateObject().Select(entry => entry.Name);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"c{i:000}"), listed);
        Assert.Equal(8, server.Grains.Index.MostAtOnce);
    }

    [Fact]
    public async Task A_connector_that_is_deleted_meanwhile_is_left_out()
    {
        await using var server = await ApiServer.StartAsync();
        server.Grains.Create("a");
        server.Grains.Index.Add("gone");
        foreach (var query in new[] { "expand=status", "expand=info", "expand=info&expand=status" })
        {
            using var json = JsonDocument.Parse(await server.ExpectAsync(200, "GET", "/connectors?" + query));
            Assert.Equal(["a"], json.RootElement.EnumerateObject().Select(entry => entry.Name));
        }
    }

    [Fact]
    public async Task A_connector_that_does_not_tell_its_status_does_not_hide_the_others()
    {
        await using var server = await ApiServer.StartAsync(new ApiOptions { ListingTimeout = TimeSpan.FromMilliseconds(200) });
        server.Grains.Create("a");
        server.Grains.Create("failing").Error = new InvalidOperationException("password hunter2");
        server.Grains.Create("hanging").Gate = new TaskCompletionSource().Task;
        using var json = JsonDocument.Parse(await server.ExpectAsync(200, "GET", "/connectors?expand=status"));
        Assert.Equal("RUNNING", State("a"));
        const string trace = "The connector did not tell its status; the worker's log tells why.";
        const string unknown = $$"""{"state":"UNASSIGNED","worker_id":"","trace":"{{trace}}","health":"UNHEALTHY"}""";
        Assert.Equal(unknown, Connector("failing").GetRawText());
        Assert.Equal(unknown, Connector("hanging").GetRawText());
        Assert.Contains(
            server.Logs.Entries,
            entry => entry.Message.StartsWith("Connector failing did", StringComparison.Ordinal)
                && entry.Error?.Message == "password hunter2");

        JsonElement Connector(string name) => json.RootElement.GetProperty(name).GetProperty("status").GetProperty("connector");
        string? State(string name) => Connector(name).GetProperty("state").GetString();
    }
}
