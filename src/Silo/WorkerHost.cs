using System.Net;
using Exports.Api;
using Exports.Api.Page;
using Exports.Grains;
using Exports.Silo.Configuration;
using Exports.Silo.Engine;
using Exports.Silo.Lifetime;
using Exports.Silo.Logging;
using Exports.Silo.Otlp;
using Exports.Silo.Rest;

namespace Exports.Silo;

/// <summary>Puts a worker together: the REST API, the grains and their engine, and the pipeline, in one process.</summary>
public static class WorkerHost
{
    /// <summary>The engine that this build runs grains with: <c>Embedded</c> or <c>Orleans</c>.</summary>
    public static string EngineName => WorkerEngine.Name;

    /// <summary>
    /// Makes a worker, not yet started. Its ports are taken already; <see cref="AddressOf"/> tells them. It reacts to no
    /// signals: whoever starts it stops it.
    /// </summary>
    /// <param name="config">The configuration.</param>
    /// <param name="configure">Changes services, such as logging; null for none.</param>
    /// <exception cref="WorkerStartException">A port cannot be had.</exception>
    /// <exception cref="DllNotFoundException">librdkafka is not there.</exception>
    public static WebApplication Build(WorkerConfig config, Action<WebApplicationBuilder>? configure = null)
    {
        // Empty: neither the environment nor files other than the worker's own configure it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(WorkerHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Logging.AddWorkerLogging(config);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout(config));
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddRouting();
        builder.Services.AddConnectApi(new ApiOptions
        {
            MaxRequestBodyBytes = config.Rest.MaxRequestBytes,
            RequestTimeout = config.Rest.RequestTimeout,
            TracksTopics = config.TracksTopics,
            AllowsTopicReset = config.AllowsTopicReset,
            RunsConnectors = config.RunsConnectors,
        });
        builder.Services.AddRestSurface(config.Rest);
        builder.Services.AddDataPlane(config);
        builder.Services.AddTelemetry(config);
        builder.Services.AddOtlp(config);
        var listeners = builder.AddRestServer(config);
        try
        {
            builder.AddWorkerEngine(config);
            var grains = new GrainOptions
            {
                WorkerId = WorkerId(listeners.All[0].Listener),
                OffsetFlushInterval = config.OffsetFlushInterval,
                OffsetFlushTimeout = config.OffsetFlushTimeout,
                ConfigReloadInterval = config.ConfigReloadInterval,
                ShutdownGrace = config.ShutdownGrace,
            };
            if (config.RunsConnectors)
                builder.Services.AddExportsGrains(grains);
            else
                builder.Services.AddSingleton(grains);
            configure?.Invoke(builder);
            var app = builder.Build();
            app.UseBoundedDrain();
            app.UseRestSurface(config.Rest);
            app.MapConnectApi();
            app.MapPage();
            app.MapWorkerDashboard(config);
            return app;
        }
        catch
        {
            listeners.Dispose();
            throw;
        }
    }

    /// <summary>An address at which the worker's REST API can be reached from this machine, started or not.</summary>
    public static Uri AddressOf(WebApplication worker)
    {
        var listener = worker.Services.GetRequiredService<BoundListeners>().All[0].Listener;
        return new((listener.IsAny ? listener with { Host = "127.0.0.1" } : listener).ToString());
    }

    private static string WorkerId(Listener listener) => $"{(listener.IsAny ? Dns.GetHostName() : listener.Host)}:{listener.Port}";

    /// <summary>How long a worker may take to stop: requests end, then tasks, then the state file closes.</summary>
    internal static TimeSpan ShutdownTimeout(WorkerConfig config)
        => RestServer.Drain + WorkerEngine.DeactivationTimeout(config) + TimeSpan.FromSeconds(3);
}
