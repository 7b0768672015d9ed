using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>
/// Receives records as they come from Kafka, and hands on what a sink gets: converters first, then the chain of transforms.
/// A record that fails stays as it came. Used by one thread at a time.
/// </summary>
public sealed class RecordConversion
{
    private readonly Converter _key;
    private readonly Converter _value;
    private readonly Converter _header;
    private readonly TransformStage[] _transforms;

    private RecordConversion(Converter key, Converter value, Converter header, TransformStage[] transforms)
    {
        _key = key;
        _value = value;
        _header = header;
        _transforms = transforms;
    }

    /// <summary>
    /// True when keys and values stay as they are: both converters are the ByteArrayConverter and there is no transform.
    /// Then <see cref="Convert"/> is needed only for records that have headers, where the sink reads them.
    /// </summary>
    public bool IsPassThrough => _transforms.Length == 0 && _key is ByteArrayConverter && _value is ByteArrayConverter;

    /// <summary>
    /// True when transforms or predicates may look at headers, so that they are needed even where the sink does not read
    /// them.
    /// </summary>
    public bool ReadsHeaders => _transforms.Length > 0;

    /// <summary>
    /// Makes and configures the converters (the connector's own, else the worker's) and the transforms of a connector.
    /// </summary>
    /// <param name="plugins">Where classes are looked up.</param>
    /// <param name="resolvedConfig">The connector's configuration, placeholders resolved.</param>
    /// <param name="options">The worker's converters.</param>
    /// <exception cref="ConfigException">A key is missing or has a value that is not allowed.</exception>
    /// <exception cref="PluginNotFoundException">A class is unknown.</exception>
    public static RecordConversion Create(
        PluginCatalog plugins, IReadOnlyDictionary<string, string> resolvedConfig, PipelineOptions options)
    {
        return new(
            Make(ConnectorKeys.KeyConverter, ConverterRole.Key),
            Make(ConnectorKeys.ValueConverter, ConverterRole.Value),
            Make(ConnectorKeys.HeaderConverter, ConverterRole.Header),
            TransformStage.CreateChain(plugins, resolvedConfig));

        Converter Make(string key, ConverterRole role)
        {
            // A connector that names no converter gets the worker's with the worker's keys; the two are never mixed.
            var source = resolvedConfig.ContainsKey(key) ? resolvedConfig : options.Converters;
            var className = source.GetValueOrDefault(key)
                ?? (role == ConverterRole.Header ? typeof(SimpleHeaderConverter).FullName : null)
                ?? throw new ConfigException($"Missing required configuration \"{key}\" which has no default value.");
            var converter = plugins.CreateConverter(
                className, role, source.GetValueOrDefault(key + ConnectorKeys.PluginVersionSuffix));
            converter.Configure(source.WithPrefix(key + "."), role);
            return converter;
        }
    }

    /// <summary>
    /// Converts a record in place. It comes with the bytes from Kafka as key, value and header values
    /// (<see cref="ConnectValue.FromBytes"/>, or <see cref="ConnectValue.Null"/> for none).
    /// </summary>
    /// <returns>False when a transform dropped the record.</returns>
    /// <exception cref="ConversionException">The record is as it came, and may be tried again.</exception>
    public bool Convert(ref SinkRecord record)
    {
        var converted = record with
        {
            Key = Apply(_key, ConversionStage.KeyConverter, record.Topic, record.Key),
            Value = Apply(_value, ConversionStage.ValueConverter, record.Topic, record.Value),
            Headers = ConvertHeaders(record.Topic, record.Headers),
        };
        foreach (var transform in _transforms)
        {
            if (!transform.Apply(ref converted))
                return false;
        }
        record = converted;
        return true;
    }

    private ConnectValue Apply(Converter converter, ConversionStage stage, string topic, ConnectValue raw)
    {
        // Bytes are what they were; only a transform can tell null that has a schema from null that has none.
        if (converter is ByteArrayConverter)
            return raw.IsNull && _transforms.Length > 0 ? ConnectValue.NullOf(Schema.OptionalBytes) : raw;
        try
        {
            return converter.ToConnectData(topic, raw.IsNull ? default(ReadOnlyMemory<byte>?) : raw.Bytes);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ConversionException(stage, converter.GetType().FullName!, e);
        }
    }

    private IReadOnlyList<Header> ConvertHeaders(string topic, IReadOnlyList<Header> raw)
    {
        if (raw.Count == 0 || _header is ByteArrayConverter)
            return raw;
        var headers = new Header[raw.Count];
        for (var i = 0; i < headers.Length; i++)
            headers[i] = new(raw[i].Key, Apply(_header, ConversionStage.HeaderConverter, topic, raw[i].Value));
        return headers;
    }
}
