using System.Globalization;
using Exports.Harness;

namespace Exports.Bench.Rest;

/// <summary>A <see cref="RawRestServer"/> in a process of its own.</summary>
internal sealed class RawRestProcess : IAsyncDisposable
{
    private readonly ChildProcess _server;

    private RawRestProcess(ChildProcess server, int port) => (_server, Address) = (server, new($"http://127.0.0.1:{port}/"));

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="directory">Where its rows and its log go.</param>
    public static async Task<RawRestProcess> StartAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        var server = ChildProcess.Start("Bench", ["raw", RawCommand.Rest, directory], Path.Combine(directory, "server.log"));
        var port = 0;
        await Waiting.UntilAsync("the raw server is up", () =>
        {
            var line = server.ReadLog().Split('\n').SkipLast(1).FirstOrDefault(line => line.StartsWith("port ", StringComparison.Ordinal));
            port = line is null ? 0 : int.Parse(line.AsSpan(5), CultureInfo.InvariantCulture);
            return port > 0 || (server.HasExited ? throw new InvalidOperationException($"The raw server did not start:\n{server.Tail()}") : false);
        });
        return new(server, port);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
