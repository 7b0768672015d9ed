using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Exports.Connectors.PubSub.Tests;

/// <summary>Passes connections on to a port. Those that are there can go silent, without being closed.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private volatile int _frozen;
    private Task _accepting = Task.CompletedTask;
    private int _connections;

    private TcpRelay(int target) => _target = target;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    public static TcpRelay Start(int target)
    {
        var relay = new TcpRelay(target);
        relay._listener.Start();
        relay._accepting = relay.AcceptAsync();
        return relay;
    }

    /// <summary>From now on, connections that are there carry nothing.</summary>
    public void Freeze() => _frozen = Connections;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var socket in _sockets)
            socket.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                _sockets.Add(client);
                _sockets.Add(server);
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                var number = Interlocked.Increment(ref _connections);
                _ = CopyAsync(client, server, number);
                _ = CopyAsync(server, client, number);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task CopyAsync(Socket from, Socket to, int number)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (number > _frozen)
                    await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }

            to.Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed by one side, or stopped.
        }
    }
}
