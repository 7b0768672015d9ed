using Exports.Silo.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Exports.Silo.Rest;

/// <summary>Sets up the HTTP server.</summary>
internal static class RestServer
{
    /// <summary>How long requests that are under way may go on once the worker stops.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    /// <summary>Takes the listeners' ports and has the server listen at them.</summary>
    /// <exception cref="WorkerStartException">A port cannot be had.</exception>
    public static BoundListeners AddRestServer(this WebApplicationBuilder builder, IEnumerable<Listener> listeners)
    {
        var bound = BoundListeners.Bind(listeners);
        // Made by a function, so that the container disposes of it.
        builder.Services.AddSingleton(_ => bound);
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<SocketTransportOptions>(options =>
            options.CreateBoundListenSocket = endPoint => bound.All.Single(listener => listener.EndPoint.Equals(endPoint)).Socket);
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = 1024;
            foreach (var listener in bound.All)
                options.Listen(listener.EndPoint, endPoint => endPoint.Protocols = HttpProtocols.Http1);
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
}
