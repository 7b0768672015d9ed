using System.Net;
using System.Net.Sockets;

namespace Exports.Silo.Engine;

internal static partial class WorkerEngine
{
    public const string Name = "Orleans";

    static partial void Cluster(ISiloBuilder silo)
        => silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
