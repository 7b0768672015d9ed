using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>
/// Stands in front of a mock broker, which names its own address in answers: it is replaced by that of the front, so that
/// clients come back here. What it does besides is up to who derives from it.
/// </summary>
internal abstract class BrokerFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _broker;
    private readonly Task _accepting;
    private readonly byte[] _from;
    private readonly byte[] _to;

    protected BrokerFront(string broker)
    {
        _broker = IPEndPoint.Parse(broker);
        _listener.Start();
        _from = Name(_broker.Port);
        _to = Name(((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    protected CancellationToken Stopping => _stop.Token;

    public virtual async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Only then: one that is stopped while it is asked for the next client throws.
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    /// <summary>Answers a request, if need be with the help of the broker.</summary>
    protected abstract Task<byte[]> AnswerAsync(short api, byte[] request, NetworkStream far);

    /// <summary>Whether to break the connection instead of answering.</summary>
    protected virtual bool IsWithheld(short api) => false;

    private static byte[] Name(int port)
    {
        var name = new byte[13];
        Encoding.ASCII.GetBytes("127.0.0.1", name);
        BinaryPrimitives.WriteInt32BigEndian(name.AsSpan(9), port);
        return name;
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
        await Task.Yield();
        using (client)
        using (var broker = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await broker.ConnectAsync(_broker, _stop.Token);
                var near = client.GetStream();
                var far = broker.GetStream();
                while (await ReadAsync(near) is { } request)
                {
                    var api = BinaryPrimitives.ReadInt16BigEndian(request);
                    var answer = await AnswerAsync(api, request, far);
                    Rename(answer);
                    if (IsWithheld(api))
                        return;
                    await WriteAsync(near, answer);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client, the broker or the test has gone.
            }
        }
    }

    private void Rename(byte[] answer)
    {
        for (int at = 0, found; (found = answer.AsSpan(at).IndexOf(_from)) >= 0; at += found + 13)
            _to.CopyTo(answer.AsSpan(at + found));
    }

    protected async Task<byte[]> AskAsync(NetworkStream far, byte[] request)
    {
        await WriteAsync(far, request);
        return await ReadAsync(far) ?? throw new IOException("closed");
    }

    private async Task<byte[]?> ReadAsync(NetworkStream stream)
    {
        var size = new byte[4];
        if (await stream.ReadAtLeastAsync(size, 4, throwOnEndOfStream: false, _stop.Token) < 4)
            return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(frame, _stop.Token);
        return frame;
    }

    private async Task WriteAsync(NetworkStream stream, byte[] frame)
        => await stream.WriteAsync((byte[])[.. Big(frame.Length), .. frame], _stop.Token);

    protected static byte[] Head(short api, short version) => [.. Big(api), .. Big(version), .. Big(7), .. String("front")];

    protected static byte[] String(string text) => [.. Big((short)text.Length), .. Encoding.UTF8.GetBytes(text)];

    protected static byte[] Big(short value) => [(byte)(value >> 8), (byte)value];

    protected static byte[] Big(int value) => [.. Big((short)(value >> 16)), .. Big((short)value)];

    protected static byte[] Big(long value) => [.. Big((int)(value >> 32)), .. Big((int)value)];
}
