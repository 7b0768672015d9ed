using System.Buffers;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Connectors.Kafka;

/// <summary>Receives keys, values and headers as data; gives the bytes that are written.</summary>
internal static class RecordEncoder
{
    /// <summary>The bytes of a key or value; null for no data.</summary>
    /// <param name="value">The data.</param>
    /// <param name="format">What to do with data that is neither bytes nor text.</param>
    /// <param name="formatKey">The configuration key of the format.</param>
    /// <exception cref="DataException">The data has no bytes under the format.</exception>
    public static ReadOnlyMemory<byte>? Encode(in ConnectValue value, RecordFormat format, string formatKey)
    {
        switch (value.Kind)
        {
            case ConnectValueKind.Null:
                return null;
            case ConnectValueKind.Bytes or ConnectValueKind.Utf8:
                return value.Bytes;
        }

        return value.Value switch
        {
            byte[] bytes => bytes,
            string text => Encoding.UTF8.GetBytes(text),
            _ when format == RecordFormat.Json => Json(value),
            var other => throw new DataException(
                $"Data of type {Describe(value.Schema, other!)} has no form in bytes. Set {formatKey}=json to write it as JSON, "
                + "or use a converter that keeps the bytes, such as ByteArrayConverter."),
        };
    }

    /// <summary>The headers as librdkafka takes them; 0 for none.</summary>
    /// <exception cref="DataException">A header's value has no form as text.</exception>
    public static nint Encode(IReadOnlyList<Header> headers)
    {
        var list = NativeProducer.CreateHeaders(headers.Count);
        try
        {
            for (var i = 0; i < headers.Count; i++)
            {
                var header = headers[i];
                switch (header.Value.Kind)
                {
                    case ConnectValueKind.Null:
                        NativeProducer.AddHeader(list, header.Key, default, hasValue: false);
                        break;
                    case ConnectValueKind.Bytes or ConnectValueKind.Utf8:
                        NativeProducer.AddHeader(list, header.Key, header.Value.Bytes.Span, hasValue: true);
                        break;
                    default:
                        // Header converters read text into data where it looks like data; this is the way back.
                        var bytes = header.Value.Value switch
                        {
                            byte[] given => given,
                            string text => Encoding.UTF8.GetBytes(text),
                            _ => Json(header.Value),
                        };
                        NativeProducer.AddHeader(list, header.Key, bytes.Span, hasValue: true);
                        break;
                }
            }
        }
        catch
        {
            NativeProducer.DestroyHeaders(list);
            throw;
        }

        return list;
    }

    private static ReadOnlyMemory<byte> Json(in ConnectValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConnectJson.WriterOptions))
            ConnectJson.Write(writer, value);
        return buffer.WrittenMemory;
    }

    private static string Describe(Schema? schema, object value)
        => schema is null ? value.GetType().Name : schema.Name is { } name ? $"{schema.Type} ({name})" : schema.Type.ToString();
}
