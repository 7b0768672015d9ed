using System.Net;
using System.Net.Sockets;

namespace Exports.Harness;

/// <summary>A Redis of its own, which writes every change to disk before it answers, as a cluster's should.</summary>
public sealed class RedisProcess : IAsyncDisposable
{
    private readonly string _directory;
    private ChildProcess _process;

    private RedisProcess(string directory, int port)
    {
        (_directory, Port) = (directory, port);
        _process = Start();
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Its address, as <c>cluster.redis</c> takes it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="directory">Where it keeps its data and its log.</param>
    public static async Task<RedisProcess> StartAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var redis = new RedisProcess(directory, port);
        await redis.AnswersAsync();
        return redis;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
    }

    /// <summary>Starts it again with the data that it had, and waits until it answers.</summary>
    public Task StartAgainAsync()
    {
        _process = Start();
        return AnswersAsync();
    }

    /// <summary>Copies what it has stored; it must not run.</summary>
    public void Save(string directory) => Copy(Data, directory);

    /// <summary>Has it store what was copied, and nothing else; it must not run.</summary>
    public void Restore(string directory)
    {
        if (Directory.Exists(Data))
            Directory.Delete(Data, recursive: true);
        Copy(directory, Data);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private string Data => Path.Combine(_directory, "appendonlydir");

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    // It takes connections to 127.0.0.1 wherever they come from: a test may let a network namespace of its own reach that.
    private ChildProcess Start() => ChildProcess.StartProgram(
        "redis-server",
        ["--port", $"{Port}", "--bind", "127.0.0.1", "--protected-mode", "no", "--dir", _directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always"],
        Path.Combine(_directory, "redis.log"));

    private Task AnswersAsync() => Waiting.UntilAsync("Redis answers", async () =>
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"Redis ended:\n{_process.Tail()}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            var answer = new byte[7];
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            await client.GetStream().ReadExactlyAsync(answer);
            return answer.AsSpan().SequenceEqual("+PONG\r\n"u8);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    });
}
