using System.Globalization;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// Reads and writes text. UTF-8 is neither decoded nor checked: the bytes go on as they are, and only who asks for a
/// <see cref="string"/> gets one (with U+FFFD for what is not UTF-8).
/// </summary>
public sealed class StringConverter : Converter
{
    private const string EncodingKey = "converter.encoding";

    private Encoding? _encoding;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases => ["org.apache.kafka.connect.storage.StringConverter"];

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(EncodingKey, ConfigType.String, "The name of the text's encoding, as Java or the IANA calls it.")
        {
            Default = "UTF-8",
            Importance = ConfigImportance.High,
            Check = value => JavaEncoding.Find(value as string ?? "") is null
                ? "There is no encoding of that name, or it does not say its byte order as UTF-16BE and UTF-16LE do"
                : null,
        },
    ];

    /// <inheritdoc/>
    public override void Configure(IReadOnlyDictionary<string, string> config, ConverterRole role)
    {
        var encoding = JavaEncoding.Find(Config.Parse(config).GetString(EncodingKey))!;
        // ASCII is a part of UTF-8, but bytes beyond it are not; so only UTF-8 itself needs no decoding.
        _encoding = encoding.CodePage == Encoding.UTF8.CodePage ? null : encoding;
    }

    /// <inheritdoc/>
    public override ConnectValue ToConnectData(string topic, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } data)
            return ConnectValue.NullOf(Schema.OptionalString);
        return _encoding is null
            ? ConnectValue.FromUtf8(data)
            : ConnectValue.From(_encoding.GetString(data.Span), Schema.OptionalString);
    }

    /// <summary>
    /// Turns data into text: text and numbers as they are, bytes in base 64, times in ISO 8601, the rest as JSON.
    /// </summary>
    /// <inheritdoc/>
    public override ReadOnlyMemory<byte>? FromConnectData(string topic, ConnectValue value) => value.Kind switch
    {
        // Not null alone, which would become empty memory by way of byte[].
        ConnectValueKind.Null => default(ReadOnlyMemory<byte>?),
        ConnectValueKind.Utf8 when _encoding is null => value.Bytes,
        ConnectValueKind.Bytes => Encode(System.Convert.ToBase64String(value.Bytes.Span)),
        _ => Encode(Text(value)),
    };

    private static string Text(ConnectValue value) => value.Value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        byte[] bytes => System.Convert.ToBase64String(bytes),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        BigDecimal number => number.ToString(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Encoding.UTF8.GetString(JsonBytes.Write(value)),
    };

    private byte[] Encode(string text) => (_encoding ?? Encoding.UTF8).GetBytes(text);
}
