using System.Net;
using System.Net.Sockets;
using Exports.Grains;
using Exports.Observation;
using Exports.Silo.Configuration;
using Exports.Silo.Engine.Cluster;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Exports.Silo.Engine;

internal static partial class WorkerEngine
{
    public const string Name = "Orleans";

    public static bool CanCluster => true;

    /// <summary>Room in the cache of where grains live, which takes its memory at the start: by default for a million.</summary>
    private const int DirectoryCacheSize = 50_000;

    private static string? NoDashboard => null;

    // Without a gateway: nobody but this process calls its grains.
    static partial void Alone(ISiloBuilder silo)
        => silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0)
            .Configure<GrainDirectoryOptions>(options => options.CacheSize = DirectoryCacheSize);

    static partial void Join(ISiloBuilder silo, ClusterConfig cluster)
    {
        var redis = new RedisConnection(cluster);
        silo.Services.AddSingleton(redis);
        // Required, although the connection is made elsewhere.
        var options = ConfigurationOptions.Parse(cluster.Redis);
        silo.Configure<ClusterOptions>(names => names.ClusterId = names.ServiceId = cluster.Id)
            .ConfigureEndpoints(
                cluster.Address, PortOf(cluster, cluster.Port, WorkerKeys.ClusterPort), PortOf(cluster, cluster.GatewayPort, WorkerKeys.ClusterGatewayPort),
                listenOnAnyHostAddress: !IPAddress.IsLoopback(cluster.Address))
            .UseRedisClustering(clustering =>
            {
                clustering.ConfigurationOptions = options;
                clustering.CreateMultiplexer = _ => redis.TakeAsync();
            })
            .AddRedisGrainStorage(GrainStorage.Name, storage =>
            {
                storage.ConfigurationOptions = options;
                storage.CreateMultiplexer = _ => redis.TakeAsync();
                storage.GrainStorageSerializer = new StateJson();
                storage.DeleteStateOnClear = true;
            })
            .UseRedisReminderService(reminders =>
            {
                reminders.ConfigurationOptions = options;
                reminders.CreateMultiplexer = _ => redis.TakeAsync();
            })
            .Configure<GrainDirectoryOptions>(directory =>
            {
                directory.CacheSize = DirectoryCacheSize;
                // What a lost worker may still do is refused by storage: nothing is gained by waiting until it has surely ended.
                directory.RangeLeaseDuration = TimeSpan.Zero;
            })
            .Configure<ClusterMembershipOptions>(membership =>
            {
                // A lost worker is noticed after three probes that miss: some three seconds, for a probe a second between neighbours. Half of that
                // would take a pause of a machine for a loss; Orleans' own fifteen leave customers without records for as long.
                membership.ProbeTimeout = TimeSpan.FromSeconds(1);
                membership.NumMissedProbesLimit = 3;
                // Nobody is declared dead who was heard of within three times this. A worker whose machine or network is gone closes no connection, so
                // that is how long it takes to notice: some six seconds, instead of twelve with Orleans' own four times the probe.
                membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
                membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
                // Two workers have to agree on a third, unless only one is left that has written so lately: three times this, with Orleans' own
                // number of writes that may be missed. That is how long two that are lost at once are waited for.
                membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
                // These go by the clock of whoever looks, which may be hours off. A worker that was cut off learns from its entry that it was declared
                // dead; and by another's clock, one may have been joining for minutes the moment it begins.
                membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
                membership.EvictWhenMaxJoinAttemptTimeExceeded = false;
            });
#pragma warning disable ORLEANSEXP003 // docs/decisions.md: Orleans' default ends healthy tasks of other workers when one goes
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Services.AddMember(cluster);
    }

    static partial void Ask(WebApplicationBuilder builder, ClusterConfig cluster)
    {
        var redis = new RedisConnection(cluster);
        builder.Services.AddSingleton(redis);
        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(names => names.ClusterId = names.ServiceId = cluster.Id)
            // Orleans' own minute is how long a worker that has come is not asked.
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5))
            .UseRedisClustering(clustering =>
            {
                clustering.ConfigurationOptions = ConfigurationOptions.Parse(cluster.Redis);
                clustering.CreateMultiplexer = _ => redis.TakeAsync();
            })
            .UseConnectionRetryFilter<UntilWorkersAnswer>());
        builder.Services.AddSingleton<IWorkersToAsk, WorkersBehind>();
        builder.Services.AddSingleton<IOtherWorkers, OtherWorkers>();
    }

    static partial void AddDashboard(ISiloBuilder silo) => LazyDashboard.Add(silo);

    static partial void MapDashboard(IEndpointRouteBuilder routes) => LazyDashboard.Map(routes, DashboardPath);

    /// <summary>Reaches the Redis of a worker, of which Orleans would tell in many lines that it is not there.</summary>
    private static partial async Task ReachStateAsync(WebApplication app)
    {
        if (app.Services.GetService<RedisConnection>() is not { } redis)
            return;
        try
        {
            await redis.TakeAsync();
        }
        catch (RedisConnectionException e)
        {
            throw new WorkerStartException($"{WorkerKeys.ClusterRedis}: the Redis at {redis.Servers} cannot be used: {e.InnerException?.Message ?? e.FailureType.ToString()}", e);
        }
    }

    /// <summary>The configured port, or a free one for 0. Orleans listens at a port that another worker has, and both get what is meant for one.</summary>
    /// <exception cref="WorkerStartException">The port is in use, or the address is not one of this machine.</exception>
    private static int PortOf(ClusterConfig cluster, int configured, string key)
    {
        if (configured == 0)
            return FreePort();
        try
        {
            using var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(
                new IPEndPoint(IPAddress.IsLoopback(cluster.Address) ? cluster.Address : AnyOf(cluster.Address), configured));
            return configured;
        }
        catch (SocketException e)
        {
            throw new WorkerStartException(
                e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Port {configured} is in use: {key} needs one of its own. Stop the other program, or set another {key}; 0 takes a free one."
                    : $"{key}={configured} cannot be listened at: {e.Message}.",
                e);
        }
    }

    private static IPAddress AnyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
