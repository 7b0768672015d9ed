using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Grains;
using Exports.Observation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Operations;

/// <summary>All connectors, and one, with health, rates, lag and latency.</summary>
internal static class OverviewEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/exports/connectors", ListAsync);
        routes.MapRead("/exports/connectors/{name}", GetAsync);
    }

    private static async Task<IResult> ListAsync(
        HttpRequest request, ConnectorReadings connectors, OperationsText text, CancellationToken cancellationToken)
    {
        var query = OverviewQuery.Read(request);
        var all = await connectors.ReadAsync(cancellationToken);
        var matching = all.Where(query.Matches).ToList();
        var counts = Enum.GetValues<Health>().ToDictionary(Words.Of, health => all.Count(reading => reading.Health == health));
        var rates = all.Aggregate(default(Rates), (sum, reading) => sum + reading.Rates);
        var lags = all.Where(reading => reading.Lag is not null).Select(reading => reading.Lag!.Value).ToList();
        return ApiJson.Result(
            new OverviewBody(
                all.Count,
                matching.Count,
                counts,
                new(
                    OperationsText.Round(rates.RecordsIn), OperationsText.Round(rates.RecordsOut), OperationsText.Round(rates.BytesIn),
                    OperationsText.Round(rates.BytesOut)),
                lags.Count == 0 ? null : lags.Sum(),
                [.. query.Order(matching).Skip(query.Offset).Take(query.Limit).Select(text.Row)]),
            OperationsJson.Context.OverviewBody);
    }

    private static async Task<IResult> GetAsync(
        AddressedConnector connector, ConnectorReadings connectors, OperationsText text, CancellationToken cancellationToken)
    {
        if (await connector.CallAsync("reading", c => c.GetInfoAsync()) is null)
            return ErrorResponses.NoStatus(connector.Name);
        var topics = await connector.CallAsync("reading the topics of", c => c.GetTopicsAsync());
        var (reading, history) = await connectors.FindAsync(connector.Name, cancellationToken);
        return ApiJson.Result(text.Detail(reading, topics, history), OperationsJson.Context.ConnectorDetailBody);
    }
}
