using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Exports.Api.Tests;

/// <summary>
/// The OpenAPI document has all endpoints and no others. That it tells their parameters and answers as they are, every other
/// test of the contract sees to: see <see cref="OpenApiDocument.Check"/>.
/// </summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task It_is_served_and_has_every_endpoint_with_its_path_parameters()
    {
        await using var server = await ApiServer.StartAsync();
        using var served = JsonDocument.Parse(await server.ExpectAsync(200, "GET", "/openapi.json"));
        Assert.Equal("3.1.0", served.RootElement.GetProperty("openapi").GetString());
        var endpoints = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var mapped = endpoints.SelectMany(endpoint => MethodsOf(endpoint).Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        Assert.Equal(mapped.Order(), OpenApiDocument.Served.Operations.Order());
        foreach (var endpoint in endpoints)
        {
            foreach (var method in MethodsOf(endpoint))
            {
                Assert.Equal(
                    endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name),
                    OpenApiDocument.Served.ParametersOf($"{method} {endpoint.RoutePattern.RawText}", "path"));
            }
        }
    }

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint)
        => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Where(method => method != "HEAD");
}
