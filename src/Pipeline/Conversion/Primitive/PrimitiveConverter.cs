using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes values of one primitive type, each of a fixed number of bytes.</summary>
/// <typeparam name="T">The type in .NET.</typeparam>
public abstract class PrimitiveConverter<T> : Converter
    where T : struct
{
    private readonly Schema _schema;
    private readonly string _name;
    private readonly int _size;

    /// <param name="type">The type in Kafka Connect's data model.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="size">How many bytes a value has.</param>
    private protected PrimitiveConverter(SchemaType type, string name, int size)
        => (_schema, _name, _size) = (new(type, optional: true), name, size);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Aliases => ["org.apache.kafka.connect.converters." + GetType().Name];

    /// <inheritdoc/>
    public sealed override ConfigDef Config { get; } = [];

    /// <inheritdoc/>
    public sealed override void Configure(IReadOnlyDictionary<string, string> config, ConverterRole role)
    {
    }

    /// <inheritdoc/>
    public sealed override ConnectValue ToConnectData(string topic, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } data)
            return ConnectValue.NullOf(_schema);
        return data.Length == _size
            ? ConnectValue.From(Read(data.Span), _schema)
            : throw new DataException($"Failed to deserialize {_name}: it has {_size} bytes, and these are {data.Length}.");
    }

    /// <inheritdoc/>
    public sealed override ReadOnlyMemory<byte>? FromConnectData(string topic, ConnectValue value)
    {
        if (value.IsNull)
            return default(ReadOnlyMemory<byte>?);
        if (value.Kind != ConnectValueKind.Object || value.Value is not T data)
            throw new DataException($"Failed to serialize to {_name}: the data is {(value.Value!).GetType().Name}.");
        var bytes = new byte[_size];
        Write(bytes, data);
        return bytes;
    }

    /// <summary>Reads a value from exactly its number of bytes.</summary>
    private protected abstract T Read(ReadOnlySpan<byte> bytes);

    /// <summary>Writes a value into exactly its number of bytes.</summary>
    private protected abstract void Write(Span<byte> bytes, T value);
}
