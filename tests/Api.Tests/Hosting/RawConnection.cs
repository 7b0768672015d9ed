using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Exports.Api.Tests;

/// <summary>One TCP connection that sends requests exactly as they are written. Reads one response after the other.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private Stream _stream = Stream.Null;

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(address.Host, address.Port);
        connection._stream = new BufferedStream(connection._client.GetStream());
        return connection;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <summary>Sends a request without body.</summary>
    public async Task<RawResponse> RequestAsync(string method, string target)
    {
        await SendAsync($"{method} {target} HTTP/1.1\r\nHost: test\r\n\r\n");
        return await ReadAsync(method == "HEAD");
    }

    public async Task<RawResponse> ReadAsync(bool head = false)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var status = (await ReadLineAsync(limit.Token)).Split(' ', 3);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var line = await ReadLineAsync(limit.Token); line.Length > 0; line = await ReadLineAsync(limit.Token))
        {
            var colon = line.IndexOf(':');
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        var body = new MemoryStream();
        if (head)
        {
        }
        else if (headers.TryGetValue("Content-Length", out var length))
        {
            await CopyAsync(body, int.Parse(length, CultureInfo.InvariantCulture), limit.Token);
        }
        else if (headers.GetValueOrDefault("Transfer-Encoding") == "chunked")
        {
            int size;
            do
            {
                size = int.Parse(await ReadLineAsync(limit.Token), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                await CopyAsync(body, size, limit.Token);
                await ReadLineAsync(limit.Token);
            }
            while (size > 0);
        }
        return new(int.Parse(status[1], CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString(body.ToArray()));
    }

    public void Dispose() => _client.Dispose();

    private async Task CopyAsync(Stream to, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, cancellationToken);
        to.Write(bytes);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            await _stream.ReadExactlyAsync(one, cancellationToken);
            if (one[0] == '\n')
                return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
    }
}

/// <summary>A response as it came.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body);
