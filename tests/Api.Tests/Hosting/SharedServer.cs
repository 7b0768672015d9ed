namespace Exports.Api.Tests;

/// <summary>A server for tests that leave it as they found it: with the connector "c" and its tasks 0 and 1.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal ApiServer Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Api = await ApiServer.StartAsync();
        Api.Grains.Create("c", tasks: 2);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Equal("""["c"]""", await Api.ExpectAsync(200, "GET", "/connectors"));
        await Api.DisposeAsync();
    }
}
