using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;

namespace Exports.Silo.Engine;

internal static partial class WorkerEngine
{
    public const string Name = "Orleans";

    /// <summary>Room in the cache of where grains live, which takes its memory at the start: by default for a million.</summary>
    private const int DirectoryCacheSize = 50_000;

    private static string? NoDashboard => null;

    // Without a gateway: nobody but this process calls its grains.
    static partial void Cluster(ISiloBuilder silo)
        => silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0)
            .Configure<GrainDirectoryOptions>(options => options.CacheSize = DirectoryCacheSize);

    static partial void AddDashboard(ISiloBuilder silo) => LazyDashboard.Add(silo);

    static partial void MapDashboard(IEndpointRouteBuilder routes) => LazyDashboard.Map(routes, DashboardPath);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
