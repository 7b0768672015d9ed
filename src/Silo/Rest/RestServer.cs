using Exports.Silo.Configuration;
using Exports.Silo.Rest.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Exports.Silo.Rest;

/// <summary>Sets up the HTTP server.</summary>
internal static partial class RestServer
{
    /// <summary>How long requests that are under way may go on once the worker stops.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    /// <summary>Takes the listeners' ports and has the server listen at them.</summary>
    /// <exception cref="WorkerStartException">A port cannot be had.</exception>
    public static BoundListeners AddRestServer(this WebApplicationBuilder builder, WorkerConfig config)
    {
        var rest = config.Rest;
        var bound = BoundListeners.Bind(config.Listeners, rest.AdminListeners ?? []);
        // Made by a function, so that the container disposes of it.
        builder.Services.AddSingleton(_ => bound);
        builder.WebHost.UseKestrelCore();
        if (rest.Tls is { } tls)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.Services.AddSingleton(services => new ServerTls(
                tls, TimeProvider.System, services.GetRequiredService<ILoggerFactory>().ReportsOf("Exports.Silo.Rest.Tls")));
        }

        builder.Services.Configure<SocketTransportOptions>(options =>
            options.CreateBoundListenSocket = endPoint => bound.All.Single(listener => listener.EndPoint.Equals(endPoint)).Socket);
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = rest.MaxConnections;
            options.Limits.MaxRequestHeadersTotalSize = rest.MaxHeaderBytes;
            options.Limits.MaxRequestLineSize = rest.MaxRequestLineBytes;
            options.Limits.MaxRequestBufferSize = Math.Max(1 << 20, Math.Max(rest.MaxHeaderBytes, rest.MaxRequestLineBytes));
            options.Limits.RequestHeadersTimeout = rest.HeadersTimeout;
            options.Limits.KeepAliveTimeout = rest.IdleTimeout;
            foreach (var listener in bound.All)
            {
                options.Listen(listener.EndPoint, endPoint =>
                {
                    endPoint.Protocols = HttpProtocols.Http1;
                    if (listener.Listener.IsHttps)
                        endPoint.UseHttps(options.ApplicationServices.GetRequiredService<ServerTls>().Options);
                    endPoint.Use(next => connection =>
                    {
                        connection.Features.Set(listener);
                        return next(connection);
                    });
                });
            }
        });
        return bound;
    }

    /// <summary>
    /// Ends requests that are still under way a moment after the worker was told to stop, so that one of them cannot use up
    /// the time in which tasks deliver and store their offsets.
    /// </summary>
    public static void UseBoundedDrain(this WebApplication app)
    {
        var over = new CancellationTokenSource();
        app.Lifetime.ApplicationStopping.Register(() => over.CancelAfter(Drain));
        app.Use(async (context, next) =>
        {
            using var registration = over.Token.UnsafeRegister(static context => ((HttpContext)context!).Abort(), context);
            await next(context);
        });
    }

    /// <summary>Writes reports of files that were read anew into the log.</summary>
    public static Action<string> ReportsOf(this ILoggerFactory loggers, string category)
    {
        var logger = loggers.CreateLogger(category);
        return report => Log.FileChanged(logger, report);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Report}")]
        public static partial void FileChanged(ILogger logger, string report);
    }
}
