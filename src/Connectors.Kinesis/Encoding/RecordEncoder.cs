using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Turns records into what is sent: a partition key as UTF-8, and data as bytes.</summary>
internal sealed class RecordEncoder(KinesisSinkConfig config)
{
    /// <summary>The service's limit, in Unicode characters.</summary>
    private const int LongestKey = 256;

    private const byte Space = (byte)' ';

    /// <summary>Control characters that no text has.</summary>
    private static readonly SearchValues<byte> s_binary = SearchValues.Create(
        [.. Enumerable.Range(0, Space).Except(['\t', '\n', '\r']).Select(value => (byte)value), 0x7F]);

    /// <summary>
    /// Changes a record to the form in which it is sent. Its key is then of kind <see cref="ConnectValueKind.Utf8"/>, or null
    /// where its place in Kafka stands in; its value is of kind <see cref="ConnectValueKind.Bytes"/> or
    /// <see cref="ConnectValueKind.Utf8"/>, or null.
    /// </summary>
    /// <exception cref="DataException">The record cannot be sent: its key or the whole of it is too long.</exception>
    public RequestItem Prepare(ref SinkRecord record)
    {
        var key = EncodeKey(record.Key);
        var data = EncodeValue(record.Value);
        long bytes = key.Length + data.Length;
        if (bytes > config.MaxRecordBytes)
        {
            throw new DataException(
                $"The record has {bytes} bytes with its partition key; {KinesisKeys.MaxRecordBytes} allows "
                + $"{config.MaxRecordBytes}. Raise it if the stream's own limit is higher.");
        }

        record = record with
        {
            Key = key.IsEmpty ? ConnectValue.Null : ConnectValue.FromUtf8(key),
            Value = record.Value.IsNull ? ConnectValue.Null : ConnectValue.FromBytes(data),
        };
        long? order = config.Ordered && !key.IsEmpty ? (long)XxHash3.HashToUInt64(key.Span) : null;
        return new(bytes, order);
    }

    private static ReadOnlyMemory<byte> EncodeKey(in ConnectValue key)
    {
        var text = key.Kind switch
        {
            ConnectValueKind.Null => default,
            ConnectValueKind.Bytes => IsText(key.Bytes.Span) ? key.Bytes : ToBase64(key.Bytes.Span),
            ConnectValueKind.Utf8 => Utf8.IsValid(key.Bytes.Span) ? key.Bytes : ToBase64(key.Bytes.Span),
            _ => key.Value switch
            {
                string given => Encoding.UTF8.GetBytes(given),
                byte[] bytes => IsText(bytes) ? bytes : ToBase64(bytes),
                _ => ToJson(key),
            },
        };
        text = Trim(text);
        if (text.Length > LongestKey && CountCharacters(text.Span) is var characters and > LongestKey)
        {
            throw new DataException(
                $"The record's key makes a partition key of {characters} characters; Kinesis allows {LongestKey}. "
                + "errors.tolerance=all skips such records.");
        }

        return text;
    }

    private static ReadOnlyMemory<byte> EncodeValue(in ConnectValue value) => value.Kind switch
    {
        ConnectValueKind.Null => default,
        ConnectValueKind.Bytes or ConnectValueKind.Utf8 => value.Bytes,
        _ => value.Value switch
        {
            byte[] bytes => bytes,
            string text => Encoding.UTF8.GetBytes(text),
            _ => ToJson(value),
        },
    };

    // Numbers in binary are mostly valid UTF-8 too, and some would be nothing but white space.
    private static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.ContainsAny(s_binary) && Utf8.IsValid(bytes);

    // As Java's trim, which the original connector calls.
    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> text)
    {
        var span = text.Span;
        var start = 0;
        var end = span.Length;
        while (start < end && span[start] <= Space)
            start++;
        while (end > start && span[end - 1] <= Space)
            end--;
        return text[start..end];
    }

    private static int CountCharacters(ReadOnlySpan<byte> utf8)
    {
        const int continuationMask = 0xC0;
        const int continuation = 0x80;
        var count = 0;
        foreach (var unit in utf8)
        {
            if ((unit & continuationMask) != continuation)
                count++;
        }

        return count;
    }

    private static byte[] ToBase64(ReadOnlySpan<byte> bytes)
    {
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out _);
        return text;
    }

    private static ReadOnlyMemory<byte> ToJson(in ConnectValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConnectJson.WriterOptions))
            ConnectJson.Write(writer, value);
        return buffer.WrittenMemory;
    }
}
