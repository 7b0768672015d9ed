using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Connectors;

/// <summary>How far a connector has delivered; and, while it is stopped, how far it shall have delivered.</summary>
internal static class ConnectorOffsetsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/connectors/{name}/offsets", GetAsync);
        routes.MapPatch("/connectors/{name}/offsets", AlterAsync);
        routes.MapDelete("/connectors/{name}/offsets", ResetAsync);
    }

    private static async Task<IResult> GetAsync(AddressedConnector connector)
    {
        if (await connector.CallAsync("reading the offsets of", c => c.GetOffsetsAsync()) is not { } known)
            return ErrorResponses.ConnectorNotFound(connector.Name);
        // What the connector knows itself is worth showing without what Kafka would add.
        return known is { Offsets: [], Problem: { } problem }
            ? ErrorResponses.OffsetsUnknown(connector.Name, problem)
            : ApiJson.Result(ConnectorOffsetsBody.From(known.Offsets), ApiJson.Context.ConnectorOffsetsBody);
    }

    private static async Task<IResult> AlterAsync(AddressedConnector connector, HttpRequest request, ApiOptions options)
    {
        var changes = await JsonBody.ReadAsync(request, options.MaxRequestBodyBytes, OffsetsBody.Parse);
        var result = await connector.CallAsync("altering the offsets of", c => c.AlterOffsetsAsync(changes));
        return Answer(connector.Name, result, OffsetsChange.Altered);
    }

    private static async Task<IResult> ResetAsync(AddressedConnector connector)
    {
        var result = await connector.CallAsync("resetting the offsets of", c => c.AlterOffsetsAsync(null));
        return Answer(connector.Name, result, OffsetsChange.Reset);
    }

    private static IResult Answer(string connector, AlterOffsetsResult result, OffsetsChange change)
        => change.ErrorOf(connector, result) is { } error
            ? error
            : ApiJson.Result(new MessageBody(change.Success(result.Outcome)), ApiJson.Context.MessageBody);
}
