using System.Buffers;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Writes a value as JSON into bytes of its own.</summary>
internal static class JsonBytes
{
    public static byte[] Write(ConnectValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConnectJson.WriterOptions))
            ConnectJson.Write(writer, value);
        return buffer.WrittenSpan.ToArray();
    }
}
