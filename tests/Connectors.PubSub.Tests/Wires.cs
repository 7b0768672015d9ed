using System.Buffers;
using Exports.Connectors.Sdk;
using Google.Protobuf;
using Wire = Exports.Connectors.PubSub.Tests.Wire;

namespace Exports.Connectors.PubSub.Tests;

/// <summary>Requests as the service reads them.</summary>
internal static class Wires
{
    public static Wire.PublishRequest Parse(MessageEncoder encoder, params SinkRecord[] encoded)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(encoder.TopicField.Span);
        foreach (var record in encoded)
            PublishMessage.Write(record, bytes);
        return Wire.PublishRequest.Parser.ParseFrom(bytes.WrittenSpan);
    }
}
