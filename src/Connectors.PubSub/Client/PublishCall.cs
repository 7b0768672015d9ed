using System.Buffers;
using Exports.Connectors.Sdk;
using Grpc.Core;

namespace Exports.Connectors.PubSub;

/// <summary>The answer to a request to publish.</summary>
/// <param name="Accepted">How many messages were accepted.</param>
internal sealed record PublishAnswer(int Accepted);

/// <summary>
/// A request to publish, written straight from the records into the buffer that is sent: no message objects, no copy of a value
/// but that one.
/// </summary>
/// <param name="Topic">The topic's field, encoded.</param>
/// <param name="Records">Records that <see cref="MessageEncoder"/> has encoded.</param>
/// <param name="Size">The request's exact size in bytes.</param>
internal sealed record PublishCall(ReadOnlyMemory<byte> Topic, SinkBatch Records, int Size)
{
    /// <summary>The method <c>Publish</c>.</summary>
    public static Method<PublishCall, PublishAnswer> Method { get; } = new(
        MethodType.Unary, "google.pubsub.v1.Publisher", "Publish",
        Marshallers.Create<PublishCall>(Write, static _ => throw new NotSupportedException("Requests are written only.")),
        Marshallers.Create<PublishAnswer>(static (_, _) => throw new NotSupportedException("Answers are read only."), CountAccepted));

    /// <summary>The call that publishes encoded records.</summary>
    public static PublishCall For(ReadOnlyMemory<byte> topic, SinkBatch records)
    {
        var size = topic.Length;
        foreach (ref readonly var record in records.Records)
            size = checked(size + PublishMessage.SizeInRequest(record));
        return new(topic, records, size);
    }

    private static void Write(PublishCall call, SerializationContext context)
    {
        context.SetPayloadLength(call.Size);
        var writer = context.GetBufferWriter();
        writer.Write(call.Topic.Span);
        foreach (ref readonly var record in call.Records.Records)
            PublishMessage.Write(record, writer);
        context.Complete();
    }

    // message PublishResponse { repeated string message_ids = 1; }
    private static PublishAnswer CountAccepted(DeserializationContext context)
    {
        var reader = new SequenceReader<byte>(context.PayloadAsReadOnlySequence());
        var count = 0;
        while (!reader.End)
        {
            if (!Protobuf.TryReadVarint(ref reader, out var tag))
                throw Malformed();
            if (tag == Protobuf.Tag(1))
                count++;
            if (!Protobuf.TrySkip(ref reader, tag))
                throw Malformed();
        }

        return new(count);
    }

    private static RpcException Malformed() => new(new Status(StatusCode.Unknown, "the answer to Publish is not a PublishResponse"));
}
