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
    public static void Run(RawSinkRequest request)
    {
        var topic = Field(1, Encoding.ASCII.GetBytes(request.Target));
        // message PubsubMessage { bytes data = 1; map<string, string> attributes = 2; }, as field 2 of the request
        var data = Field(1, request.Content.Value());
        byte[][] messages = [.. request.Content.AllKeys().Select(key =>
            Field(2, [.. Field(2, [.. Field(1, "key"u8.ToArray()), .. Field(2, key)]), .. data]))];
        var address = new Uri(request.Endpoint, "/google.pubsub.v1.Publisher/Publish");

        // As many connections as the sink has.
        RequestLoop.Run(request, Math.Clamp(Environment.ProcessorCount, 1, 4), http =>
        {
            var frame = new byte[5 + topic.Length + (messages[0].Length * request.RequestRecords)];
            var answer = new byte[64 * 1024];
            return async (first, count) =>
            {
                using var message = new HttpRequestMessage(HttpMethod.Post, address)
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    Content = new ReadOnlyMemoryContent(Write(first, count)),
                };
                message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
                message.Headers.TryAddWithoutValidation("TE", "trailers");
                using var response = await http.SendAsync(message, CancellationToken.None);
                (answer, _) = await RequestLoop.ReadAsync(response.Content, answer);
                if (!response.TrailingHeaders.TryGetValues("grpc-status", out var status) || status.First() != "0")
                    throw new InvalidOperationException($"Publish: HTTP {(int)response.StatusCode}, {response.Headers}{response.TrailingHeaders}");
            };

            ReadOnlyMemory<byte> Write(long first, int count)
            {
                topic.CopyTo(frame, 5);
                var length = 5 + topic.Length;
                for (var record = first; record < first + count; record++)
                {
                    var message = messages[record % messages.Length];
                    message.CopyTo(frame, length);
                    length += message.Length;
                }

                BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length - 5);
                return frame.AsMemory(0, length);
            }
        });
    }

    private static byte[] Field(int number, byte[] content)
    {
        var head = new List<byte> { (byte)((number << 3) | 2) };
        var rest = content.Length;
        for (; rest >= 0x80; rest >>= 7)
            head.Add((byte)(rest | 0x80));
        head.Add((byte)rest);
        return [.. head, .. content];
    }
}
