using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Connectors;

/// <summary>The topics that a connector has read records of.</summary>
internal static class ConnectorTopicsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/connectors/{name}/topics", GetAsync);
        routes.MapPut("/connectors/{name}/topics/reset", ResetAsync);
    }

    private static async Task<IResult> GetAsync(AddressedConnector connector, ApiOptions options)
    {
        if (!options.TracksTopics)
            return ErrorResponses.TopicTrackingDisabled;
        var topics = await connector.CallAsync("reading the topics of", c => c.GetTopicsAsync());
        return ApiJson.Result(
            new Dictionary<string, ConnectorTopicsBody> { [connector.Name] = new(topics) },
            ApiJson.Context.DictionaryStringConnectorTopicsBody);
    }

    private static async Task<IResult> ResetAsync(AddressedConnector connector, ApiOptions options)
    {
        if (!options.TracksTopics)
            return ErrorResponses.TopicTrackingDisabled;
        if (!options.AllowsTopicReset)
            return ErrorResponses.TopicResetDisabled;
        await connector.CallAsync("resetting the topics of", ResetAsync);
        return Results.StatusCode(StatusCodes.Status202Accepted);

        static async Task<bool> ResetAsync(IConnectorGrain connector)
        {
            await connector.ResetTopicsAsync();
            return true;
        }
    }
}
