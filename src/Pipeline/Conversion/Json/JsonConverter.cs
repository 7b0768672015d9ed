using System.Buffers;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// Reads and writes JSON: with <c>schemas.enable</c> (the default) as envelopes <c>{"schema":…,"payload":…}</c>, else as it
/// is. Without a schema, objects become <see cref="IReadOnlyDictionary{TKey,TValue}"/>, arrays <see cref="IReadOnlyList{T}"/>,
/// whole numbers <see cref="long"/> (<see cref="System.Numerics.BigInteger"/> beyond its range), others <see cref="double"/>.
/// </summary>
/// <remarks>
/// An error, where the original takes it and changes the data: a value whose type or range is not the schema's; more text
/// after the JSON value; texts that are not UTF-8. Nesting is bounded by 1,000, numbers by 1,000 digits.
/// </remarks>
public sealed class JsonConverter : Converter
{
    private const string SchemasEnable = "schemas.enable";
    private const string SchemasCacheSize = "schemas.cache.size";
    private const string DecimalFormatKey = "decimal.format";
    private const string ReplaceNullWithDefault = "replace.null.with.default";

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;
    private bool _schemasEnabled;
    private JsonData _data = null!;
    private JsonSchemas _schemas = null!;
    private SchemaCache _read = null!;
    private Dictionary<Schema, byte[]> _written = null!;
    private int _cacheSize;

    /// <summary>Makes a converter, to be configured before use.</summary>
    public JsonConverter() => _writer = new(_buffer, ConnectJson.WriterOptions);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases => ["org.apache.kafka.connect.json.JsonConverter"];

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(SchemasEnable, ConfigType.Boolean, "Whether each value comes in an envelope with its schema.")
        {
            Default = "true",
            Group = "Schemas",
            Importance = ConfigImportance.High,
            DisplayName = "Enable Schemas",
        },
        new(SchemasCacheSize, ConfigType.Int, "The most schemas that are kept, of those read and of those written. 0 keeps none.")
        {
            Default = "1000",
            Group = "Schemas",
            Importance = ConfigImportance.High,
            DisplayName = "Schema Cache Size",
            Check = ConfigChecks.AtLeast(0),
        },
        new(DecimalFormatKey, ConfigType.String, "How decimals are written: BASE64 or NUMERIC, in any case. Both are read.")
        {
            Default = "BASE64",
            Group = "Serialization",
            Importance = ConfigImportance.Low,
            DisplayName = "Decimal Format",
            Check = ConfigChecks.OneOfIgnoringCase("BASE64", "NUMERIC"),
        },
        new(ReplaceNullWithDefault, ConfigType.Boolean, "Whether null gives way to the default of its schema, when it has one.")
        {
            Default = "true",
            Group = "Serialization",
            Importance = ConfigImportance.Low,
            DisplayName = "Replace null with default",
        },
    ];

    /// <summary>The number of schemas that are kept of those read.</summary>
    internal int CachedSchemas => _read.Count;

    /// <inheritdoc/>
    public override void Configure(IReadOnlyDictionary<string, string> config, ConverterRole role)
    {
        var parsed = Config.Parse(config);
        var isNumeric = parsed.GetString(DecimalFormatKey).Equals("NUMERIC", StringComparison.OrdinalIgnoreCase);
        _schemasEnabled = parsed.GetBoolean(SchemasEnable);
        _cacheSize = parsed.GetInt(SchemasCacheSize);
        _data = new(isNumeric ? DecimalFormat.Numeric : DecimalFormat.Base64, parsed.GetBoolean(ReplaceNullWithDefault));
        _schemas = new(_data);
        _read = new(_cacheSize);
        _written = new(ReferenceEqualityComparer.Instance);
    }

    /// <inheritdoc/>
    public override ConnectValue ToConnectData(string topic, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } data)
            return ConnectValue.Null;
        var json = data.Span;
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            if (_schemasEnabled)
                return ReadEnvelope(json);
            return IsBlank(json) ? ConnectValue.Null : ConnectValue.From(_data.Read(json, schema: null));
        }
        catch (JsonException e)
        {
            // Not its message, and not the exception itself: they quote the record.
            throw new DataException(
                "Converting byte[] to Kafka Connect data failed due to serialization error: the "
                + $"{data.Length} bytes are not JSON (line {e.LineNumber + 1 ?? 1}, byte {e.BytePositionInLine + 1 ?? 1})");
        }
        catch (Exception e) when (e is InvalidOperationException or InsufficientExecutionStackException)
        {
            // Utf8JsonReader throws InvalidOperationException for texts that are not UTF-8 or half of a surrogate pair.
            throw new DataException($"Converting byte[] to Kafka Connect data failed due to serialization error: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte>? FromConnectData(string topic, ConnectValue value)
    {
        if (value.IsNull && value.Schema is null)
            return null;
        _buffer.ResetWrittenCount();
        _writer.Reset();
        try
        {
            if (_schemasEnabled)
                WriteEnvelope(value);
            else
                WritePayload(value);
            _writer.Flush();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or InsufficientExecutionStackException)
        {
            throw new DataException($"Converting Kafka Connect data to byte[] failed due to serialization error: {e.Message}", e);
        }
        return _buffer.WrittenSpan.ToArray();
    }

    private ConnectValue ReadEnvelope(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> schemaJson = default;
        ReadOnlySpan<byte> payload = default;
        var reader = new Utf8JsonReader(json, JsonData.ReaderOptions);
        if (IsBlank(json) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw NoEnvelope();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSchema = reader.ValueTextEquals("schema"u8);
            if (!isSchema && !reader.ValueTextEquals("payload"u8))
                throw NoEnvelope();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = json[start..(int)reader.BytesConsumed];
            if (isSchema)
                schemaJson = value;
            else
                payload = value;
        }
        reader.Read(); // throws when anything follows
        if (schemaJson.IsEmpty || payload.IsEmpty)
            throw NoEnvelope();

        var schema = SchemaOf(schemaJson);
        return ConnectValue.From(_data.Read(payload, schema), schema);
    }

    private Schema? SchemaOf(ReadOnlySpan<byte> json)
    {
        if (_read.TryGet(json, out var cached))
            return cached;
        using var document = JsonDocument.Parse(json.ToArray(), new() { MaxDepth = JsonData.MaxDepth });
        var schema = _schemas.Read(document.RootElement);
        if (schema is not null)
            _read.Add(json, schema);
        return schema;
    }

    private void WriteEnvelope(ConnectValue value)
    {
        _writer.WriteStartObject();
        _writer.WritePropertyName("schema"u8);
        if (value.Schema is { } schema)
            _writer.WriteRawValue(JsonOf(schema), skipInputValidation: true);
        else
            _writer.WriteNullValue();
        _writer.WritePropertyName("payload"u8);
        WritePayload(value);
        _writer.WriteEndObject();
    }

    private void WritePayload(ConnectValue value)
    {
        if (value.Kind is ConnectValueKind.Bytes or ConnectValueKind.Utf8)
            ConnectJson.Write(_writer, value);
        else
            _data.Write(_writer, value.Schema, value.Value);
    }

    private byte[] JsonOf(Schema schema)
    {
        if (_written.TryGetValue(schema, out var json))
            return json;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConnectJson.WriterOptions))
            _schemas.Write(writer, schema);
        json = buffer.WrittenSpan.ToArray();
        // Schemas are few, unless something makes a new one for each record; then keeping none is as good as any choice.
        if (_written.Count >= _cacheSize)
            _written.Clear();
        if (_cacheSize > 0)
            _written.Add(schema, json);
        return json;
    }

    private static bool IsBlank(ReadOnlySpan<byte> json) => json.Trim(" \t\r\n"u8).IsEmpty;

    private static DataException NoEnvelope() => new(
        "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not contain additional fields. " +
        "If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.");
}
