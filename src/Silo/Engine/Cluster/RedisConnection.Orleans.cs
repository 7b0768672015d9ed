using System.Net;
using Exports.Silo.Configuration;
using StackExchange.Redis;

namespace Exports.Silo.Engine.Cluster;

/// <summary>The one connection to the cluster's Redis, for membership, state and reminders; made by whoever needs it first.</summary>
internal sealed class RedisConnection(ClusterConfig cluster) : IAsyncDisposable
{
    private readonly Lazy<Task<IConnectionMultiplexer>> _connection = new(async () => await ConnectionMultiplexer.ConnectAsync(cluster.Redis));

    /// <summary>The cluster's name.</summary>
    public string ClusterId => cluster.Id;

    /// <summary>Its addresses, without what is secret.</summary>
    public string Servers => string.Join(", ", ConfigurationOptions.Parse(cluster.Redis).EndPoints
        .Select(server => server is DnsEndPoint named ? $"{named.Host}:{named.Port}" : $"{server}"));

    /// <summary>The connection, and that whoever takes it must not close it.</summary>
    /// <exception cref="RedisConnectionException">Redis does not answer.</exception>
    public async Task<(IConnectionMultiplexer Multiplexer, bool IsShared)> TakeAsync() => (await _connection.Value, true);

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _connection.Value).DisposeAsync();
    }
}
