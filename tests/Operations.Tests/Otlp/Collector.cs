using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Exports.Operations.Tests.Otlp;

/// <summary>Takes what is pushed by OTLP, over gRPC or over HTTP, and keeps it.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<PushedSpan> _spans = new();
    private volatile MetricsPush? _latest;

    private Collector(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>The last push of metrics.</summary>
    public MetricsPush? Metrics => _latest;

    public IEnumerable<PushedSpan> Spans => _spans;

    /// <summary>What a push must carry in the header <c>x-key</c>; null for nothing.</summary>
    public string? Key { get; init; }

    public static async Task<Collector> StartAsync(bool isGrpc, string? key = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var collector = new Collector(app) { Key = key };
        app.Run(context => collector.TakeAsync(context, isGrpc));
        await app.StartAsync();
        return collector;
    }

    /// <summary>The points of a metric in the last push.</summary>
    public IReadOnlyList<Point> PointsOf(string metric)
        => [.. (_latest?.Resources ?? []).SelectMany(resource => resource.Scopes).SelectMany(scope => scope.Metrics)
            .Where(pushed => pushed.Name == metric).SelectMany(pushed => (pushed.Gauge ?? pushed.Sum).Points_)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context, bool isGrpc)
    {
        if (Key is not null && context.Request.Headers["x-key"] != Key)
        {
            context.Response.StatusCode = 401;
            return;
        }

        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content);
        // gRPC puts five bytes before a message: whether it is compressed, and its length.
        var message = content.ToArray().AsSpan(isGrpc ? 5 : 0).ToArray();
        switch (context.Request.Path.Value)
        {
            case "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export":
                _latest = MetricsPush.Parser.ParseFrom(message);
                break;
            case "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export":
                foreach (var span in TracesPush.Parser.ParseFrom(message).Resources.SelectMany(resource => resource.Scopes).SelectMany(scope => scope.Spans))
                    _spans.Enqueue(span);
                break;
            default:
                context.Response.StatusCode = 404;
                return;
        }

        if (isGrpc)
        {
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        else
        {
            context.Response.ContentType = "application/x-protobuf";
        }
    }
}
