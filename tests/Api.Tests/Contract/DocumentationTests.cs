using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Exports.Api.Tests;

/// <summary>The reference for users names every endpoint there is, and no other.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public async Task Every_endpoint_is_documented_and_every_documented_endpoint_exists()
    {
        await using var server = await ApiServer.StartAsync();
        var mapped = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
                .Where(method => method != "HEAD")
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"));

        var documented = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "rest-api.md"))
            .Where(line => line.StartsWith('|'))
            .SelectMany(line => line.Split('|')[1].Split('`').Where((_, i) => i % 2 == 1))
            .Where(code => code.Split(' ') is ["GET" or "POST" or "PUT" or "PATCH" or "DELETE", ['/', ..]]);

        Assert.Equal(mapped.Order(), documented.Order());
    }
}
