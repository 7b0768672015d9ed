using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Exports.Bench.Raw;

/// <summary>
/// Publish by HttpClient's own handler, past any gRPC library: the frame is written by hand, and of the answer only the status
/// is looked at. Each message has data and the key as an attribute, as the sink's messages have.
/// </summary>
internal static class RawPubSubLoop
{
    // The rest of a message too.
    private const int LongestKey = 100;

    // The entry's key = "key".
    private static ReadOnlySpan<byte> KeyName => [(1 << 3) | 2, 3, (byte)'k', (byte)'e', (byte)'y'];

    public static void Run(RawSinkRequest request)
    {
        byte[] topic = [.. Head(1, request.Target.Length), .. Encoding.ASCII.GetBytes(request.Target)];
        var address = new Uri(request.Endpoint, "/google.pubsub.v1.Publisher/Publish");

        // As many connections as the sink has.
        RequestLoop.Run(request, Math.Clamp(Environment.ProcessorCount, 1, 4), http =>
        {
            var frame = new byte[5 + topic.Length + ((request.Content.Size + LongestKey) * request.RequestRecords)];
            var answer = new byte[64 * 1024];
            return async batch =>
            {
                using var message = new HttpRequestMessage(HttpMethod.Post, address)
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    Content = new ReadOnlyMemoryContent(Write(batch)),
                };
                message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
                message.Headers.TryAddWithoutValidation("TE", "trailers");
                using var response = await http.SendAsync(message, CancellationToken.None);
                (answer, _) = await RequestLoop.ReadAsync(response.Content, answer);
                if (!response.TrailingHeaders.TryGetValues("grpc-status", out var status) || status.First() != "0")
                    throw new InvalidOperationException($"Publish: HTTP {(int)response.StatusCode}, {response.Headers}{response.TrailingHeaders}");
            };

            ReadOnlyMemory<byte> Write(ArraySegment<RawRecord> batch)
            {
                topic.CopyTo(frame, 5);
                var length = 5 + topic.Length;
                foreach (var record in batch)
                    length += Encode(frame.AsSpan(length), record);
                BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length - 5);
                return frame.AsMemory(0, length);
            }
        });
    }

    // message PubsubMessage { bytes data = 1; map<string, string> attributes = 2; }, as field 2 of the request
    private static int Encode(Span<byte> target, in RawRecord record)
    {
        var attribute = KeyName.Length + Size(record.Key.Length);
        var at = Head(target, 2, Size(attribute) + Size(record.Value.Length));
        at += Head(target[at..], 1, record.Value.Length);
        record.Value.CopyTo(target[at..]);
        at += record.Value.Length;
        at += Head(target[at..], 2, attribute);
        KeyName.CopyTo(target[at..]);
        at += KeyName.Length;
        at += Head(target[at..], 2, record.Key.Length);
        record.Key.CopyTo(target[at..]);
        return at + record.Key.Length;
    }

    private static int Size(int length) => Head(stackalloc byte[6], 1, length) + length;

    private static byte[] Head(int field, int length)
    {
        Span<byte> head = stackalloc byte[6];
        return head[..Head(head, field, length)].ToArray();
    }

    private static int Head(Span<byte> target, int field, int length)
    {
        target[0] = (byte)((field << 3) | 2);
        var at = 1;
        for (; length >= 0x80; length >>= 7)
            target[at++] = (byte)(length | 0x80);
        target[at++] = (byte)length;
        return at;
    }
}
