using System.Diagnostics.Metrics;
using Exports.Api;
using Exports.Api.Page;
using Exports.Grains;
using Exports.Observation;
using Exports.Pipeline;
using Exports.Silo.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Exports.Silo.Otlp;

/// <summary>Pushes metrics and traces to a collector of OpenTelemetry, where one is configured; else nothing of it runs.</summary>
internal static class OtlpExport
{
    private const string ServiceName = "exports";

    // Of a worker, not of a connector: so many and no more.
    private const int SeriesOfWorker = 100;
    private const int ExportTimeout = 10_000;
    private const int TraceDelay = 1000;

    public static void AddOtlp(this IServiceCollection services, WorkerConfig config)
    {
        if (config.Otlp is not { } otlp)
            return;
        var telemetry = services.AddOpenTelemetry();
        services.AddSingleton(provider => new ResourceOfWorker(provider.GetRequiredService<GrainOptions>().WorkerId, provider.GetRequiredService<ApiOptions>().Version));
        if (otlp.MetricsInterval is { } interval)
        {
            telemetry.WithMetrics(metrics => metrics
                .ConfigureResource(resource => resource.Clear().AddDetector(provider => provider.GetRequiredService<ResourceOfWorker>()))
                .AddMeter(WorkerMetrics.MeterName)
                .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = LimitOf(instrument, otlp.MaxSeries) })
                .AddReader(provider =>
                {
                    // Nobody may ever have asked for /metrics, which makes the instruments.
                    _ = provider.GetRequiredService<WorkerMetrics>();
                    return new PeriodicExportingMetricReader(new OtlpMetricExporter(Options(otlp, "v1/metrics")), (int)interval.TotalMilliseconds, ExportTimeout);
                }));
        }

        if (otlp.TraceRatio is { } ratio)
        {
            telemetry.WithTracing(traces => traces
                .ConfigureResource(resource => resource.Clear().AddDetector(provider => provider.GetRequiredService<ResourceOfWorker>()))
                .AddSource(PutSpans.SourceName)
                .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)))
                .AddProcessor(new BatchActivityExportProcessor(new OtlpTraceExporter(Options(otlp, "v1/traces")), scheduledDelayMilliseconds: TraceDelay, exporterTimeoutMilliseconds: ExportTimeout)));
        }

        services.AddHostedService(provider => new OtlpTrouble(otlp.Endpoint, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<OtlpTrouble>>()));
    }

    /// <summary>Room for the series of an instrument: the SDK counts what has none into one series of its own.</summary>
    private static int LimitOf(Instrument instrument, int max)
        => instrument.Name.StartsWith("exports_worker_", StringComparison.Ordinal) || instrument.Name.StartsWith("process_", StringComparison.Ordinal)
            ? SeriesOfWorker
            : max;

    // What is asked every few seconds for ever is no news.
    private static bool IsTraced(HttpContext context)
        => context.Request.Path is var path && !path.StartsWithSegments("/metrics", StringComparison.Ordinal)
            && !path.StartsWithSegments("/health", StringComparison.Ordinal) && !path.StartsWithSegments(PageEndpoint.Root, StringComparison.Ordinal)
            && !path.StartsWithSegments("/dashboard", StringComparison.Ordinal);

    private static OtlpExporterOptions Options(OtlpConfig otlp, string path) => new()
    {
        // With an endpoint of its own the exporter appends nothing to it.
        Endpoint = otlp.IsGrpc ? otlp.Endpoint : new Uri(otlp.Endpoint.ToString().TrimEnd('/') + "/" + path),
        Protocol = otlp.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        Headers = otlp.Headers,
        TimeoutMilliseconds = ExportTimeout,
    };

    /// <summary>What all that is pushed says of its origin.</summary>
    private sealed class ResourceOfWorker(string workerId, string version) : IResourceDetector
    {
        public Resource Detect() => new(
        [
            new("service.name", ServiceName),
            new("service.version", version),
            new("service.instance.id", workerId),
        ]);
    }
}
