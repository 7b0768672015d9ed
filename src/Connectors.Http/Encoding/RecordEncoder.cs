using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>
/// Receives records in order; gives each the bytes that stand for it in a body, as its value. Bytes that can be sent as they
/// came are not copied. For one thread at a time.
/// </summary>
internal sealed class RecordEncoder(HttpSinkConfig config)
{
    private static readonly ReadOnlyMemory<byte> s_null = "null"u8.ToArray();

    private readonly EncodedBytes _bytes = new();
    private readonly EncodedBytes _keyBytes = new();
    private readonly Utf8JsonWriter _json = new(new EncodedBytes(), ConnectJson.WriterOptions);

    /// <summary>Replaces the record's value by the bytes to send; says what they weigh and what they are ordered by.</summary>
    /// <exception cref="DataException">The value has no form in the body.</exception>
    public RequestItem Prepare(ref SinkRecord record)
    {
        ReadOnlyMemory<byte> encoded;
        try
        {
            encoded = config.BodyFormat == BodyFormat.Raw ? EncodeRaw(record)
                : config.HasEnvelope ? EncodeEnvelope(record)
                : EncodeJson(record);
        }
        catch
        {
            _bytes.Reset();
            throw;
        }

        var order = OrderOf(record);
        record = record with { Value = ConnectValue.FromBytes(encoded) };
        return new(encoded.Length + config.Around.Separator.Length, order);
    }

    private ReadOnlyMemory<byte> EncodeRaw(in SinkRecord record) => record.Value.Kind switch
    {
        ConnectValueKind.Null => default,
        ConnectValueKind.Bytes or ConnectValueKind.Utf8 => record.Value.Bytes,
        _ => record.Value.Value switch
        {
            byte[] bytes => bytes,
            string text => Encoding.UTF8.GetBytes(text),
            _ => Written(record.Value),
        },
    };

    private ReadOnlyMemory<byte> EncodeJson(in SinkRecord record)
    {
        if (record.Value.IsNull)
            return s_null;
        return HoldsJson(record) ? CheckedJson(record) : Written(record);
    }

    private ReadOnlyMemory<byte> EncodeEnvelope(in SinkRecord record)
    {
        var value = HoldsJson(record) ? CheckedJson(record) : default;
        _json.Reset(_bytes);
        _json.WriteStartObject();
        _json.WriteString("topic"u8, record.Topic);
        _json.WriteNumber("partition"u8, record.Partition);
        _json.WriteNumber("offset"u8, record.Offset);
        _json.WritePropertyName("timestamp"u8);
        if (record.Timestamp >= 0)
            _json.WriteNumberValue(record.Timestamp);
        else
            _json.WriteNullValue();
        _json.WritePropertyName("key"u8);
        ConnectJson.Write(_json, record.Key);
        _json.WriteStartArray("headers"u8);
        foreach (var header in record.Headers)
        {
            _json.WriteStartObject();
            _json.WriteString("key"u8, header.Key);
            _json.WritePropertyName("value"u8);
            ConnectJson.Write(_json, header.Value);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WritePropertyName("value"u8);
        if (HoldsJson(record))
            _json.WriteRawValue(value.Span, skipInputValidation: true);
        else
            WriteValue(record);
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.Take();
    }

    private bool HoldsJson(in SinkRecord record)
        => config.ValueForm == ValueForm.Json && record.Value.Kind is ConnectValueKind.Bytes or ConnectValueKind.Utf8;

    private ReadOnlyMemory<byte> CheckedJson(in SinkRecord record)
    {
        var bytes = record.Value.Bytes;
        if (JsonText.Check(bytes.Span) is { } error)
        {
            throw new DataException(
                $"The value of {Name(record)} must be JSON, and {error}. Set {HttpSinkConfig.Values} to string or base64 to send it "
                + $"as a JSON string, or {HttpSinkConfig.Format}=raw to send it as it is.");
        }

        if (config.BodyFormat != BodyFormat.NdJson || bytes.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
            return bytes;
        // A line feed inside JSON is white space: within strings it is written as \n.
        var oneLine = _bytes.GetSpan(bytes.Length)[..bytes.Length];
        bytes.Span.Replace(oneLine, (byte)'\n', (byte)' ');
        oneLine.Replace((byte)'\r', (byte)' ');
        _bytes.Advance(bytes.Length);
        return _bytes.Take();
    }

    private ReadOnlyMemory<byte> Written(in SinkRecord record)
    {
        _json.Reset(_bytes);
        WriteValue(record);
        _json.Flush();
        return _bytes.Take();
    }

    private ReadOnlyMemory<byte> Written(in ConnectValue value)
    {
        _json.Reset(_bytes);
        ConnectJson.Write(_json, value);
        _json.Flush();
        return _bytes.Take();
    }

    private void WriteValue(in SinkRecord record)
    {
        var value = record.Value;
        if (value.Kind is not (ConnectValueKind.Bytes or ConnectValueKind.Utf8))
        {
            ConnectJson.Write(_json, value);
        }
        else if (config.ValueForm == ValueForm.Base64)
        {
            _json.WriteBase64StringValue(value.Bytes.Span);
        }
        else
        {
            if (!Utf8.IsValid(value.Bytes.Span))
            {
                throw new DataException(
                    $"The value of {Name(record)} must be text in UTF-8, and it is not. Set {HttpSinkConfig.Values}=base64 to send "
                    + "bytes of any kind.");
            }

            _json.WriteStringValue(value.Bytes.Span);
        }
    }

    private long? OrderOf(in SinkRecord record)
    {
        switch (config.OrderedBy)
        {
            case OrderedBy.Partition:
                return ((long)string.GetHashCode(record.Topic, StringComparison.Ordinal) << 32) | (uint)record.Partition;
            case OrderedBy.Key when !record.Key.IsNull:
                var hash = default(HashCode);
                hash.AddBytes(KeyBytes(record.Key));
                return ((long)string.GetHashCode(record.Topic, StringComparison.Ordinal) << 32) | (uint)hash.ToHashCode();
            default:
                return null;
        }
    }

    private ReadOnlySpan<byte> KeyBytes(in ConnectValue key)
    {
        if (key.Kind is ConnectValueKind.Bytes or ConnectValueKind.Utf8)
            return key.Bytes.Span;
        _keyBytes.Reset();
        _json.Reset(_keyBytes);
        ConnectJson.Write(_json, key);
        _json.Flush();
        return _keyBytes.Written;
    }

    private static string Name(in SinkRecord record) => $"{record.Topic}-{record.Partition}@{record.Offset}";
}
