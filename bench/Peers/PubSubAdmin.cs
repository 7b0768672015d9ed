using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Exports.Peers;

/// <summary>The calls that make topics and subscriptions; field numbers are those of google/pubsub/v1/pubsub.proto.</summary>
internal sealed class PubSubAdmin(Uri emulator) : IDisposable
{
    private readonly HttpClient _http = new();

    /// <summary>Creates a topic.</summary>
    public Task CreateTopicAsync(string topic) => CallAsync("Publisher/CreateTopic", [.. Text(1, topic)]);

    /// <summary>Deletes a topic.</summary>
    public Task DeleteTopicAsync(string topic) => CallAsync("Publisher/DeleteTopic", [.. Text(1, topic)]);

    /// <summary>Creates a subscription with ten minutes for an acknowledgement.</summary>
    public Task CreateSubscriptionAsync(string subscription, string topic, bool ordered)
        => CallAsync(
            "Subscriber/CreateSubscription",
            [.. Text(1, subscription), .. Text(2, topic), 5 << 3, 0xd8, 0x04, 10 << 3, ordered ? (byte)1 : (byte)0]);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // A length of two bytes, also for what fits into one.
    private static byte[] Text(int field, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)((field << 3) | 2), (byte)(bytes.Length | 0x80), (byte)(bytes.Length >> 7), .. bytes];
    }

    private async Task CallAsync(string method, byte[] message)
    {
        var frame = new byte[message.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(emulator, "/google.pubsub.v1." + method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        using var response = await _http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        var status = Header("grpc-status");
        if (status != "0")
            throw new InvalidOperationException($"{method}: HTTP {(int)response.StatusCode}, status {status} {Header("grpc-message")}");

        // An answer without a body has its status among the headers.
        string? Header(string name)
            => (response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)) ? values.First() : null;
    }
}
