using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Exports.Api.Tests;

internal sealed partial class ApiServer
{
    /// <summary>The connectors.</summary>
    public InMemoryGrains Grains { get; private set; } = null!;

    /// <summary>Starts a server over connectors in memory.</summary>
    public static async Task<ApiServer> StartAsync(
        ApiOptions? options = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? routes = null,
        string environment = "Production")
    {
        var grains = new InMemoryGrains();
        var server = await StartAsync(grains.Factory, options, services, routes, environment);
        server.Grains = grains;
        return server;
    }
}
