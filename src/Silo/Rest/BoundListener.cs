using System.Net;
using System.Net.Sockets;
using Exports.Silo.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Exports.Silo.Rest;

/// <summary>
/// A listener whose port is taken before anything of the worker starts: so a port that is in use is found before a connector
/// delivers, and a free port (0) has its number from the beginning. The server begins to listen at it when it starts.
/// </summary>
internal sealed class BoundListener : IDisposable
{
    private BoundListener(Listener listener, Socket socket, bool isForAdmin)
    {
        IsForAdmin = isForAdmin;
        Socket = socket;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        Listener = listener with { Port = EndPoint.Port };
    }

    /// <summary>The listener with the port that it has.</summary>
    public Listener Listener { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Whether <c>/admin</c> alone is served at it.</summary>
    public bool IsForAdmin { get; }

    /// <summary>The socket, bound and not yet listening. The server closes it.</summary>
    public Socket Socket { get; }

    /// <summary>Takes the port.</summary>
    /// <exception cref="WorkerStartException">The port is in use or may not be used, or the host is not one of this machine.</exception>
    public static BoundListener Bind(Listener listener, bool isForAdmin = false)
    {
        var key = isForAdmin ? WorkerKeys.AdminListeners : WorkerKeys.Listeners;
        try
        {
            if (listener.Host.Length > 0)
                return new(listener, SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(Resolve(listener.Host), listener.Port)), isForAdmin);
            if (Socket.OSSupportsIPv6)
            {
                try
                {
                    // One socket for both families.
                    return new(listener, SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(IPAddress.IPv6Any, listener.Port)), isForAdmin);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
                {
                    // The machine knows IPv6 but has it switched off.
                }
            }

            return new(listener, SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(IPAddress.Any, listener.Port)), isForAdmin);
        }
        catch (SocketException e)
        {
            throw new WorkerStartException(
                e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Port {listener.Port} is in use: {listener} cannot be listened at. Stop the other program, or set another {key}."
                    : $"{listener} cannot be listened at: {e.Message}. Set another {key}.",
                e);
        }
    }

    public void Dispose() => Socket.Dispose();

    private static IPAddress Resolve(string host)
    {
        if (IPAddress.TryParse(host, out var address))
            return address;
        var addresses = Dns.GetHostAddresses(host);
        return addresses.FirstOrDefault(found => found.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
    }
}
