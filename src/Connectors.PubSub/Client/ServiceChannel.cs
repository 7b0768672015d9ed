using Grpc.Core;
using Grpc.Net.Client;

namespace Exports.Connectors.PubSub;

/// <summary>
/// Connections to one address, shared by all tasks that publish there, whatever their credentials: those travel with each call.
/// A single HTTP/2 connection is bound by its flow-control window and by one lock, so there are several, taken in turn. Idle
/// ones are closed.
/// </summary>
internal sealed class ServiceChannel : IDisposable
{
    private static readonly SharedPool<ServiceEndpoint, ServiceChannel> s_shared = new();

    private readonly GrpcChannel[] _channels;
    private readonly CallInvoker[] _invokers;
    private uint _turn;

    /// <summary>Makes channels; connects with the first calls.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="connections">How many connections; at least 1.</param>
    /// <param name="silence">
    /// How long a connection with calls under way may stay silent until it is asked whether it is alive, and how long it may take
    /// to answer. Without that, calls run into their deadlines for as long as the system keeps a dead connection: a quarter of an hour.
    /// </param>
    public ServiceChannel(ServiceEndpoint endpoint, int connections, TimeSpan silence)
    {
        _channels = [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(endpoint.Address, Options(endpoint, silence)))];
        _invokers = [.. _channels.Select(channel => channel.CreateCallInvoker())];
    }

    /// <summary>A connection to make a call with.</summary>
    public CallInvoker Next => _invokers[Interlocked.Increment(ref _turn) % (uint)_invokers.Length];

    /// <summary>The channel to an address, shared with all others that ask for it.</summary>
    public static SharedPool<ServiceEndpoint, ServiceChannel>.Lease Share(ServiceEndpoint endpoint)
        => s_shared.Acquire(
            endpoint, static endpoint => new(endpoint, Math.Clamp(Environment.ProcessorCount, 1, 4), TimeSpan.FromSeconds(10)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }

    private static GrpcChannelOptions Options(ServiceEndpoint endpoint, TimeSpan silence) => new()
    {
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            // New connections ask the name service again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            // Servers close connections that ask too often. One that answers within the time is never asked.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = silence,
            KeepAlivePingTimeout = silence,
            UseCookies = false,
            AllowAutoRedirect = false,
            // Plaintext HTTP/2 does not pass through a proxy.
            UseProxy = !endpoint.Plaintext,
            // Traces of the worker are not the destination's business.
            ActivityHeadersPropagator = null,
        },
        DisposeHttpClient = true,
        // Sizes are checked before; the default would be none as well, but this must not change.
        MaxSendMessageSize = null,
    };
}
