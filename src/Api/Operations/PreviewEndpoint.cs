using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Operations;

/// <summary>Some records of a connector's topics, before and after its transforms.</summary>
internal static class PreviewEndpoint
{
    // For a configuration that has no name yet; it names nothing here but the default group, which is not joined.
    private const string NoName = "preview";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/exports/preview", PreviewAsync);

    private static async Task<IResult> PreviewAsync(
        HttpRequest request, RecordPreview preview, ConnectorCalls calls, ApiOptions options, CancellationToken cancellationToken)
    {
        var asked = await JsonBody.ReadAsync(request, options.MaxRequestBodyBytes, PreviewRequest.Parse);
        var config = asked.Config?.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);
        if (asked.Connector is { } name)
        {
            var info = await calls.CallAsync("reading", name, connector => connector.GetInfoAsync(), cancellationToken);
            if (info is null)
                return ErrorResponses.ConnectorNotFound(name);
            config = info.Config;
        }

        config!.TryAdd("name", NoName);
        try
        {
            var read = await preview.ReadAsync(config, asked.Limit, asked.From, cancellationToken);
            var bodies = new RecordBodies(read.Redact);
            return ApiJson.Result(
                new PreviewBody(
                    [.. read.Records.Select(bodies.From)],
                    [.. read.Next.Select(next => new PositionBody(next.Partition.Topic, next.Partition.Partition, next.Offset))]),
                OperationsJson.Context.PreviewBody);
        }
        catch (ConnectException e) when (e is not ConfigException and not PluginNotFoundException)
        {
            return ErrorResponses.Error(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }
}
