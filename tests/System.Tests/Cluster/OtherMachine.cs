using Exports.Harness;

namespace Exports.SystemTests.Cluster;

/// <summary>
/// A network namespace that stands for another machine. One cable leads from it to 127.0.0.1 here, where Kafka, Redis and this test
/// are; another to the other workers. A cable that is pulled loses what is sent, and says nothing.
/// </summary>
/// <remarks>Nothing of it can be reached from outside: this process has a network of its own (<see cref="Settings.HasOwnNetwork"/>).</remarks>
internal sealed class OtherMachine : IAsyncDisposable
{
    /// <summary>Where those here are reached by a worker there.</summary>
    public const string WorkersHere = "10.200.1.1";

    /// <summary>Where a worker there is reached by those here.</summary>
    public const string WorkersThere = "10.200.1.2";

    /// <summary>Where its REST API is reached by the test.</summary>
    public const string ServicesThere = "10.200.0.2";

    private const string Services = "services";
    private const string Workers = "workers";

    private readonly string _directory;
    private readonly ChildProcess _holder;

    private OtherMachine(string directory)
    {
        _directory = directory;
        // It holds the namespace, which is gone when nobody is in it any more.
        _holder = ChildProcess.StartProgram("unshare", ["--net", "sleep", "infinity"], Path.Combine(directory, "machine.log"));
    }

    /// <summary>What starts a program there.</summary>
    public IReadOnlyList<string> Inside => ["nsenter", $"--net=/proc/{_holder.Id}/ns/net"];

    /// <summary>Makes the machine and its cables.</summary>
    /// <param name="directory">Where its log goes.</param>
    public static async Task<OtherMachine> StartAsync(string directory)
    {
        var machine = new OtherMachine(directory);
        await Waiting.UntilAsync("the machine has a network of its own", () => NetworkOf($"{machine._holder.Id}") != NetworkOf("self"));
        await machine.ConnectAsync(Services, "10.200.0.1/24", $"{ServicesThere}/24");
        await machine.ConnectAsync(Workers, $"{WorkersHere}/24", $"{WorkersThere}/24");

        // 127.0.0.1 is here, seen from there.
        await machine.RunAsync("sh", "-c", $"echo 1 >/proc/sys/net/ipv4/conf/{Services}/route_localnet");
        await machine.RunInsideAsync("sh", "-c", $"echo 1 >/proc/sys/net/ipv4/conf/{Services}-plug/route_localnet");
        await machine.RunInsideAsync("ip", "link", "set", "lo", "up");
        await machine.RunInsideAsync("ip", "address", "delete", "127.0.0.1/8", "dev", "lo");
        await machine.RunInsideAsync("ip", "route", "add", "127.0.0.0/8", "dev", $"{Services}-plug");
        return machine;
    }

    /// <summary>Pulls the cable to the other workers.</summary>
    public Task CutFromWorkersAsync() => SetAsync(Workers, "down");

    /// <summary>Pulls both cables.</summary>
    public async Task CutAsync()
    {
        await SetAsync(Workers, "down");
        await SetAsync(Services, "down");
    }

    /// <summary>Plugs both cables in.</summary>
    public async Task MendAsync()
    {
        await SetAsync(Services, "up");
        await SetAsync(Workers, "up");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var network in new[] { Services, Workers })
        {
            await RunAsync("ip", "link", "delete", $"{network}-cable");
            await RunAsync("ip", "link", "delete", network);
        }

        await _holder.DisposeAsync();
    }

    private static string? NetworkOf(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;

    /// <summary>A switch here, and a cable from it to a plug there.</summary>
    private async Task ConnectAsync(string network, string here, string there)
    {
        await RunAsync("ip", "link", "add", network, "type", "bridge");
        await RunAsync("ip", "address", "add", here, "dev", network);
        await RunAsync("ip", "link", "set", network, "up");
        await RunAsync("ip", "link", "add", $"{network}-cable", "type", "veth", "peer", "name", $"{network}-plug");
        await RunAsync("ip", "link", "set", $"{network}-plug", "netns", $"{_holder.Id}");
        await RunAsync("ip", "link", "set", $"{network}-cable", "master", network, "up");
        await RunInsideAsync("ip", "address", "add", there, "dev", $"{network}-plug");
        await RunInsideAsync("ip", "link", "set", $"{network}-plug", "up");
    }

    private Task SetAsync(string network, string state) => RunAsync("ip", "link", "set", $"{network}-cable", state);

    private Task RunInsideAsync(params string[] words) => RunAsync([.. Inside, .. words]);

    private async Task RunAsync(params string[] words)
    {
        await using var process = ChildProcess.StartProgram(words[0], words[1..], Path.Combine(_directory, "network.log"));
        if (await process.WaitAsync(TimeSpan.FromSeconds(10)) != 0)
            throw new InvalidOperationException($"{string.Join(' ', words)} failed: {process.Tail()}");
    }
}
