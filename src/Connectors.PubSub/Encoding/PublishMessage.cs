using System.Buffers;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub;

/// <summary>
/// A message as it goes into a request: a record whose value is the message's data, and whose key is everything else of the
/// message, encoded (first the ordering key, if there is one, then the attributes). The data stays where Kafka's client put it.
/// </summary>
/// <remarks>
/// <c>message PubsubMessage { bytes data = 1; map&lt;string, string&gt; attributes = 2; string ordering_key = 5; }</c> and
/// <c>message PublishRequest { string topic = 1; repeated PubsubMessage messages = 2; }</c>
/// </remarks>
internal static class PublishMessage
{
    public const int DataField = 1;
    public const int AttributesField = 2;
    public const int OrderingKeyField = 5;
    public const int TopicField = 1;
    public const int MessagesField = 2;

    private const int MaxHeader = 1 + 5;

    /// <summary>The size of the message within a request, with its tag and length.</summary>
    public static int SizeInRequest(in SinkRecord encoded) => Protobuf.FieldSize(Size(encoded));

    /// <summary>The message's ordering key in UTF-8; empty for none.</summary>
    public static ReadOnlySpan<byte> OrderingKey(in SinkRecord encoded)
    {
        var rest = encoded.Key.Bytes.Span;
        return rest.IsEmpty || rest[0] != Protobuf.Tag(OrderingKeyField) ? default : Protobuf.ContentOf(rest);
    }

    /// <summary>Writes the message as a field of a request.</summary>
    public static void Write(in SinkRecord encoded, IBufferWriter<byte> writer)
    {
        var data = encoded.Value.Bytes.Span;
        var rest = encoded.Key.Bytes.Span;
        var head = writer.GetSpan((2 * MaxHeader) + rest.Length);
        var at = Protobuf.WriteHeader(head, MessagesField, Size(encoded));
        rest.CopyTo(head[at..]);
        at += rest.Length;
        if (data.IsEmpty)
        {
            writer.Advance(at);
            return;
        }

        at += Protobuf.WriteHeader(head[at..], DataField, data.Length);
        writer.Advance(at);
        writer.Write(data);
    }

    private static int Size(in SinkRecord encoded)
    {
        var data = encoded.Value.Bytes.Length;
        return encoded.Key.Bytes.Length + (data == 0 ? 0 : Protobuf.FieldSize(data));
    }
}
