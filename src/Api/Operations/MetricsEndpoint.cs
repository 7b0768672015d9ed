using Exports.Api.Errors;
using Exports.Api.Requests;
using Exports.Observation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Operations;

/// <summary>The worker's metrics in Prometheus' text format.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/metrics", GetAsync);

    private static async Task<IResult> GetAsync(HttpContext context, WorkerMetrics metrics)
    {
        if (metrics.Families.Count == 0)
            return ErrorResponses.NoMetrics;
        context.Response.ContentType = PrometheusText.ContentType;
        if (!HttpMethods.IsHead(context.Request.Method))
            await PrometheusText.WriteAsync(metrics, async text => await context.Response.Body.WriteAsync(text, context.RequestAborted));
        return Results.Empty;
    }
}
