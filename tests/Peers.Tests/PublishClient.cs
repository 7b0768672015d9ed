using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace Exports.Peers.Tests;

/// <summary>Publishes over gRPC, with messages written field by field.</summary>
internal sealed class PublishClient(Uri endpoint) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public string? Token { get; init; }

    public bool Compress { get; init; }

    /// <summary>Publishes messages that are made by <see cref="Message"/>.</summary>
    /// <returns>The status, as in 0 for OK; minus the HTTP status when it is not 200.</returns>
    public async Task<int> PublishAsync(string topic, IEnumerable<byte[]> messages, CancellationToken cancel = default)
    {
        var request = new MemoryStream();
        Write(request, 1, Encoding.UTF8.GetBytes($"projects/{PubSubPeer.Project}/topics/{topic}"));
        foreach (var message in messages)
            Write(request, 2, message);
        return await SendAsync(request.ToArray(), cancel);
    }

    public static byte[] Message(string data = "", string orderingKey = "", params IEnumerable<(string Key, string Value)> attributes)
    {
        var message = new MemoryStream();
        if (data.Length > 0)
            Write(message, 1, Encoding.UTF8.GetBytes(data));
        foreach (var (key, value) in attributes)
        {
            var entry = new MemoryStream();
            Write(entry, 1, Encoding.UTF8.GetBytes(key));
            Write(entry, 2, Encoding.UTF8.GetBytes(value));
            Write(message, 2, entry.ToArray());
        }

        if (orderingKey.Length > 0)
            Write(message, 5, Encoding.UTF8.GetBytes(orderingKey));
        return message.ToArray();
    }

    public void Dispose() => _http.Dispose();

    private static void Write(MemoryStream to, int field, byte[] bytes)
    {
        to.WriteByte((byte)((field << 3) | 2));
        var length = (uint)bytes.Length;
        for (; length >= 0x80; length >>= 7)
            to.WriteByte((byte)(length | 0x80));
        to.WriteByte((byte)length);
        to.Write(bytes);
    }

    private async Task<int> SendAsync(byte[] message, CancellationToken cancel)
    {
        if (Compress)
        {
            var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionMode.Compress))
                gzip.Write(message);
            message = compressed.ToArray();
        }

        var frame = new byte[message.Length + 5];
        frame[0] = Compress ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, "/google.pubsub.v1.Publisher/Publish"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        if (Compress)
            request.Headers.TryAddWithoutValidation("grpc-encoding", "gzip");
        if (Token is not null)
            request.Headers.Authorization = new("Bearer", Token);
        using var response = await _http.SendAsync(request, cancel);
        await response.Content.ReadAsByteArrayAsync(cancel);
        if (response.StatusCode != HttpStatusCode.OK)
            return -(int)response.StatusCode;
        return int.Parse((response.TrailingHeaders.TryGetValues("grpc-status", out var values)
            || response.Headers.TryGetValues("grpc-status", out values)) ? values.First() : "2");
    }
}
