using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Connectors;

/// <summary>How far a connector has delivered.</summary>
internal static class ConnectorOffsetsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/connectors/{name}/offsets", GetAsync);

    private static async Task<IResult> GetAsync(AddressedConnector connector)
        => await connector.CallAsync("reading the offsets of", c => c.GetOffsetsAsync()) is { } offsets
            ? ApiJson.Result(ConnectorOffsetsBody.From(offsets), ApiJson.Context.ConnectorOffsetsBody)
            : ErrorResponses.ConnectorNotFound(connector.Name);
}
