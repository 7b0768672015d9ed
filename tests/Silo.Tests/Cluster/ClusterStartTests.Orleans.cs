using System.Net;
using System.Net.Sockets;
using Exports.Silo.Tests.Processes;

namespace Exports.Silo.Tests.Cluster;

/// <summary>What keeps a worker from becoming one of a cluster, said in one line.</summary>
public sealed class ClusterStartTests
{
    private const string Nowhere = "127.0.0.1:1";

    [Theory]
    [InlineData("cluster.port")]
    [InlineData("cluster.gateway.port")]
    public async Task A_port_that_another_has_is_named_with_its_key(string key)
    {
        // As Orleans listens, which would let both have it.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        Assert.Contains($"Port {port} is in use: {key} needs one of its own", await RefusedAsync((key, $"{port}")));
    }

    [Fact]
    public async Task A_Redis_that_is_not_there_is_named_without_its_password()
    {
        var line = await RefusedAsync();

        Assert.Contains($"cluster.redis: the Redis at {Nowhere} cannot be used", line);
        Assert.DoesNotContain("hunter2", line);
    }

    private static async Task<string> RefusedAsync(params (string Key, string Value)[] settings)
    {
        Dictionary<string, string> all = new()
        {
            ["listeners"] = "http://127.0.0.1:0",
            ["bootstrap.servers"] = Nowhere,
            ["cluster.redis"] = $"{Nowhere},password=hunter2,connectTimeout=500,connectRetry=1",
            ["cluster.advertised.address"] = "127.0.0.1",
            ["cluster.port"] = "0",
            ["cluster.gateway.port"] = "0",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        await using var worker = WorkerProcess.Launch(WorkerProcess.Overrides([.. all.Select(setting => (setting.Key, setting.Value))]));
        Assert.Equal(1, await worker.WaitForExitAsync());
        return Assert.Single(worker.Errors.Trim().Split('\n'));
    }
}
