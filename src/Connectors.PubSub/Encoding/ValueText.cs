using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub;

/// <summary>
/// Data as text in UTF-8, for attributes and ordering keys: text as it is, bytes as the text that they are or else in base 64,
/// everything else as JSON. Reused; what it gives is valid until the next call.
/// </summary>
internal sealed class ValueText
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Utf8JsonWriter? _json;

    /// <summary>The text of a value.</summary>
    /// <exception cref="DataException">The data does not fit its schema, or is of a type that has no form in JSON.</exception>
    public ReadOnlySpan<byte> Of(in ConnectValue value) => value.Kind switch
    {
        ConnectValueKind.Null => default,
        ConnectValueKind.Utf8 => OfText(value.Bytes.Span),
        ConnectValueKind.Bytes => OfBytes(value.Bytes.Span),
        _ => value.Value switch
        {
            string text => OfString(text),
            byte[] bytes => OfBytes(bytes),
            _ => OfData(value),
        },
    };

    /// <summary>The text of a string.</summary>
    public ReadOnlySpan<byte> OfString(string text)
    {
        _buffer.ResetWrittenCount();
        // Half of a surrogate pair becomes the replacement character.
        Encoding.UTF8.GetBytes(text, _buffer);
        return _buffer.WrittenSpan;
    }

    /// <summary>The text of a whole number.</summary>
    public ReadOnlySpan<byte> OfNumber(long number)
    {
        _buffer.ResetWrittenCount();
        Utf8Formatter.TryFormat(number, _buffer.GetSpan(20), out var written);
        _buffer.Advance(written);
        return _buffer.WrittenSpan;
    }

    /// <summary>JSON of a value, without an envelope.</summary>
    /// <exception cref="DataException">The data does not fit its schema, or is of a type that has no form in JSON.</exception>
    public ReadOnlySpan<byte> Json(in ConnectValue value)
    {
        _buffer.ResetWrittenCount();
        _json ??= new(_buffer, ConnectJson.WriterOptions);
        _json.Reset();
        ConnectJson.Write(_json, value);
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    private ReadOnlySpan<byte> OfData(in ConnectValue value)
    {
        var json = Json(value);
        // Of what comes here, only numbers that are none are text in JSON: "NaN".
        return json is [(byte)'"', .. var text, (byte)'"'] ? text : json;
    }

    // Text from Kafka is not checked on its way.
    private ReadOnlySpan<byte> OfText(ReadOnlySpan<byte> text)
        => Utf8.IsValid(text) ? text : OfString(Encoding.UTF8.GetString(text));

    private ReadOnlySpan<byte> OfBytes(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return bytes;
        _buffer.ResetWrittenCount();
        Base64.EncodeToUtf8(bytes, _buffer.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        _buffer.Advance(written);
        return _buffer.WrittenSpan;
    }
}
