using Exports.Api.Errors;
using Exports.Api.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Server;

/// <summary>
/// What Kafka Connect has and this version has not: answered with 501, which tells a client that it has the right
/// address, and that another try will not help.
/// </summary>
internal static class NotSupportedEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "PATCH", "/connectors/{name}/config", "Changing single keys of a connector's configuration");
        Map(routes, "PATCH", "/connectors/{name}/offsets", "Altering the offsets of a connector");
        Map(routes, "DELETE", "/connectors/{name}/offsets", "Resetting the offsets of a connector");
        Map(routes, "GET", "/connectors/{name}/topics", "Listing the topics that a connector has used");
        Map(routes, "PUT", "/connectors/{name}/topics/reset", "Resetting the list of topics that a connector has used");
        Map(routes, "GET", "/connector-plugins/{plugin}/config", "Listing the configuration keys of a plugin");
        Map(routes, "GET", "/admin/loggers", "Listing loggers");
        Map(routes, "GET", "/admin/loggers/{logger}", "Reading the level of a logger");
        Map(routes, "PUT", "/admin/loggers/{logger}", "Changing the level of a logger");
    }

    private static void Map(IEndpointRouteBuilder routes, string method, string pattern, string what)
    {
        var error = ErrorResponses.NotSupported($"{what} ({method} {pattern})");
        if (method == "GET")
            routes.MapRead(pattern, () => error);
        else
            routes.MapMethods(pattern, [method], () => error);
    }
}
