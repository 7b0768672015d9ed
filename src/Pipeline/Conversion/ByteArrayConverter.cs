using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Hands bytes on as they are.</summary>
public sealed class ByteArrayConverter : Converter
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases => ["org.apache.kafka.connect.converters.ByteArrayConverter"];

    /// <inheritdoc/>
    public override ConfigDef Config { get; } = [];

    /// <inheritdoc/>
    public override void Configure(IReadOnlyDictionary<string, string> config, ConverterRole role)
    {
    }

    /// <inheritdoc/>
    public override ConnectValue ToConnectData(string topic, ReadOnlyMemory<byte>? bytes)
        => bytes is { } data ? ConnectValue.FromBytes(data) : ConnectValue.NullOf(Schema.OptionalBytes);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte>? FromConnectData(string topic, ConnectValue value) => value.Kind switch
    {
        // Not null alone, which would become empty memory by way of byte[].
        ConnectValueKind.Null => default(ReadOnlyMemory<byte>?),
        ConnectValueKind.Bytes => value.Bytes,
        ConnectValueKind.Object when value.Value is byte[] bytes => bytes,
        _ => throw new DataException($"ByteArrayConverter is not compatible with objects of type {TypeName(value)}: it takes " +
            $"bytes only."),
    };

    private static string TypeName(ConnectValue value)
        => value.Kind == ConnectValueKind.Utf8 ? nameof(String) : value.Value!.GetType().Name;
}
