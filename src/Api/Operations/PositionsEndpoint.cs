using System.Globalization;
using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Operations;

/// <summary>Where a connector's partitions stand at some point, as <c>PATCH /connectors/{name}/offsets</c> takes it.</summary>
internal static class PositionsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/exports/connectors/{name}/positions", FindAsync);

    private static async Task<IResult> FindAsync(
        AddressedConnector connector, HttpRequest request, OffsetLookup lookup, CancellationToken cancellationToken)
    {
        var at = Point(request.Query["at"].ToString().Trim());
        if (await connector.CallAsync("reading", c => c.GetInfoAsync()) is not { } info)
            return ErrorResponses.ConnectorNotFound(connector.Name);
        try
        {
            var found = await lookup.FindAsync(info.Config, at, cancellationToken);
            return ApiJson.Result(
                new ConnectorOffsetsBody(
                [
                    .. found.OrderBy(entry => entry.Key).Select(
                        entry => new PartitionOffsetBody(new(entry.Key.Topic, entry.Key.Partition), new(entry.Value))),
                ]),
                ApiJson.Context.ConnectorOffsetsBody);
        }
        catch (ConnectException e) when (e is not ConfigException)
        {
            return ErrorResponses.Error(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }

    private static OffsetPoint Point(string at)
    {
        if (at.Equals("earliest", StringComparison.OrdinalIgnoreCase))
            return new OffsetPoint.Earliest();
        if (at.Equals("latest", StringComparison.OrdinalIgnoreCase))
            return new OffsetPoint.Latest();
        if (at.Equals("group", StringComparison.OrdinalIgnoreCase))
            return new OffsetPoint.Group();
        if (long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return new OffsetPoint.Time(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
        }

        return DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new OffsetPoint.Time(time)
            : throw ApiException.BadRequest(
                $"Invalid value '{at}' for query parameter 'at': must be earliest, latest, group, a time such as 2026-01-31T12:00:00Z, or "
                + "milliseconds since 1970");
    }
}
