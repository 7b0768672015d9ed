using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Exports.Samples.Tests;

/// <summary>Speaks enough of Redis' protocol for lists, and fails as a test wants.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _appends;

    public RedisServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentDictionary<string, List<string>> Lists { get; } = new();

    public string? Password { get; init; }

    /// <summary>
    /// What becomes of the n-th RPUSH, from 1: null for success, an error to answer, "cut" to append and hang up, "drop" to hang up.
    /// </summary>
    public Func<int, string?> Fault { get; init; } = _ => null;

    public int Appends => Volatile.Read(ref _appends);

    public string[] Values(string list)
    {
        if (!Lists.TryGetValue(list, out var values))
            return [];
        lock (values)
            return [.. values];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Only then: one that is stopped while it is asked for the next client throws.
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var isIn = Password is null;
            try
            {
                while (await ReadAsync(stream) is { } words)
                {
                    var answer = words switch
                    {
                        ["AUTH", var password] => (isIn = password == Password) ? "+OK" : "-WRONGPASS invalid username-password pair",
                        _ when !isIn => "-NOAUTH Authentication required.",
                        ["TYPE", var key] => Lists.ContainsKey(key) ? "+list" : "+none",
                        ["RPUSH", var key, .. var values] => Append(key, values),
                        _ => $"-ERR unknown command '{words[0]}'",
                    };
                    if (answer is "drop" or "cut")
                        return;
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), _stop.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
            }
        }
    }

    private string Append(string key, string[] values)
    {
        var fault = Fault(Interlocked.Increment(ref _appends));
        if (fault is not null and not "cut")
            return fault;
        var list = Lists.GetOrAdd(key, _ => []);
        lock (list)
        {
            list.AddRange(values);
            return fault ?? $":{list.Count}";
        }
    }

    private async Task<string[]?> ReadAsync(NetworkStream stream)
    {
        var head = await ReadLineAsync(stream);
        if (head.Length == 0)
            return null;
        var words = new string[int.Parse(head[1..], CultureInfo.InvariantCulture)];
        for (var i = 0; i < words.Length; i++)
        {
            var length = int.Parse((await ReadLineAsync(stream))[1..], CultureInfo.InvariantCulture);
            var bytes = new byte[length + 2];
            await stream.ReadExactlyAsync(bytes, _stop.Token);
            words[i] = Encoding.UTF8.GetString(bytes, 0, length);
        }

        return words;
    }

    private async Task<string> ReadLineAsync(NetworkStream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }

        return "";
    }
}
