using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Exports.Testing;

public sealed partial class TestSilo
{
    private static readonly ConcurrentDictionary<int, bool> s_ports = new();

    /// <summary>A silo for itself: no gateway, and a port that no other silo of this process gets.</summary>
    static partial void ConfigureEngine(ISiloBuilder silo) => silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0);

    /// <summary>A free port below those that the system gives to outgoing connections.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                continue;
            }

            if (s_ports.TryAdd(port, true))
                return port;
        }
    }
}
