using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Server;

/// <summary>The worker itself: <c>/</c>, <c>/health</c> and its probes.</summary>
internal static class ServerEndpoints
{
    // Probes and load balancers ask here as well, and few of them wait longer than a second.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/", InfoAsync);
        routes.MapRead("/health", HealthAsync);
        routes.MapRead("/health/live", Live);
        routes.MapRead("/health/ready", ReadyAsync);
    }

    private static async Task<IResult> InfoAsync(
        ApiOptions options, ITopicCatalog topics, TimeProvider time, CancellationToken cancellationToken)
    {
        var clusterId = (topics.Current ?? await FirstReadAsync(topics, time, cancellationToken))?.ClusterId;
        return ApiJson.Result(
            new ServerInfoBody(options.Version, options.Commit, clusterId), ApiJson.Context.ServerInfoBody);
    }

    private static async Task<TopicSnapshot?> FirstReadAsync(
        ITopicCatalog topics, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // The read goes on when nobody waits for it any more, so that the next request finds its result.
            return await topics.RefreshAsync(CancellationToken.None).WaitAsync(s_patience, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or ConnectException)
        {
            return null;
        }
    }

    /// <summary>The process serves requests: asks nobody, so that no outage elsewhere has a worker restarted.</summary>
    private static IResult Live()
        => ApiJson.Result(new WorkerStatusBody("live", "The process serves requests."), ApiJson.Context.WorkerStatusBody);

    /// <summary>The same as <c>/health</c>, but 503 for whatever keeps requests from being answered.</summary>
    private static async Task<IResult> ReadyAsync(WorkerHealth health, CancellationToken cancellationToken)
    {
        var (status, body) = await health.CheckAsync(cancellationToken);
        return ApiJson.Result(
            body,
            ApiJson.Context.WorkerStatusBody,
            status == StatusCodes.Status200OK ? status : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> HealthAsync(WorkerHealth health, CancellationToken cancellationToken)
    {
        var (status, body) = await health.CheckAsync(cancellationToken);
        return ApiJson.Result(body, ApiJson.Context.WorkerStatusBody, status);
    }
}
