using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Exports.Api.Tests.Fuzzing;

/// <summary>A TCP connection on which requests are sent one behind the other, without waiting for answers.</summary>
internal sealed class FuzzConnection : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    public static async Task<FuzzConnection> OpenAsync(Uri address)
    {
        var connection = new FuzzConnection();
        await connection._socket.ConnectAsync(address.Host, address.Port);
        return connection;
    }

    /// <summary>Sends; false where the server has closed the connection already.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
                bytes = bytes[await _socket.SendAsync(bytes)..];
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Tells the server that nothing more comes.</summary>
    public void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server was faster.
        }
    }

    /// <summary>The next response; null where the server has closed the connection instead.</summary>
    public async Task<FuzzResponse?> ReadAsync(bool isHead)
    {
        using var limit = new CancellationTokenSource(s_limit);
        int head;
        while ((head = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(limit.Token))
                return null;
        }

        var text = Encoding.Latin1.GetString(_buffer, _start, head);
        _start += head + 4;
        var lines = text.Split("\r\n");
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var closes = Header("Connection")?.Equals("close", StringComparison.OrdinalIgnoreCase) ?? false;
        if (status is 100)
            return await ReadAsync(isHead);
        if (isHead || status is 204 or 304)
            return new(status, closes, []);
        if (Header("Transfer-Encoding") is not null)
            return await ReadChunksAsync(limit.Token) is { } chunks ? new(status, closes, chunks) : null;
        var length = int.Parse(Header("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        return await TakeAsync(length, limit.Token) is { } body ? new(status, closes, body) : null;

        string? Header(string name)
            => lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]?> ReadChunksAsync(CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        while (true)
        {
            int end;
            while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            {
                if (!await FillAsync(cancellationToken))
                    return null;
            }

            Assert.True(Utf8Parser.TryParse(_buffer.AsSpan(_start, end), out int size, out _, 'x'));
            _start += end + 2;
            if (await TakeAsync(size + 2, cancellationToken) is not { } chunk)
                return null;
            if (size == 0)
                return body.ToArray();
            body.Write(chunk, 0, size);
        }
    }

    private async Task<byte[]?> TakeAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (!await FillAsync(cancellationToken))
                return null;
        }

        var taken = _buffer[_start..(_start + count)];
        _start += count;
        return taken;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read;
            return read > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
