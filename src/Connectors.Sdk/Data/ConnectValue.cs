using System.Text;

namespace Exports.Connectors.Sdk;

/// <summary>In which form a <see cref="ConnectValue"/> holds its data.</summary>
public enum ConnectValueKind : byte
{
    /// <summary>No value (a tombstone, when it is a record's value).</summary>
    Null,

    /// <summary>Raw bytes.</summary>
    Bytes,

    /// <summary>Text, held as the UTF-8 bytes that it came in; decoded only when asked for.</summary>
    Utf8,

    /// <summary>
    /// A .NET object: <see cref="string"/>, <see cref="bool"/>, <see cref="sbyte"/>, <see cref="short"/>,
    /// <see cref="int"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="decimal"/>,
    /// <see cref="System.Numerics.BigInteger"/>, <see cref="BigDecimal"/>, <see cref="DateTimeOffset"/>, <see cref="byte"/>[],
    /// <see cref="IReadOnlyList{T}"/> or <see cref="IReadOnlyDictionary{TKey,TValue}"/> of these, or <see cref="Struct"/>.
    /// <see cref="LogicalTypes"/> says which of them stands for which logical type.
    /// </summary>
    Object,
}

/// <summary>
/// A record's key or value: data with an optional schema. Bytes that no converter or transform had to look at stay where
/// the Kafka client put them, and are neither parsed nor copied.
/// </summary>
/// <remarks>
/// Memory returned by <see cref="Bytes"/> is valid only until the batch that the record came in has been acknowledged:
/// a sink must not keep it after <see cref="SinkTask.PutAsync"/> has completed.
/// </remarks>
public readonly struct ConnectValue
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly object? _object;

    private ConnectValue(ConnectValueKind kind, Schema? schema, ReadOnlyMemory<byte> bytes, object? value)
    {
        Kind = kind;
        Schema = schema;
        _bytes = bytes;
        _object = value;
    }

    /// <summary>The absent value, without a schema.</summary>
    public static ConnectValue Null => default;

    /// <summary>In which form the data is held.</summary>
    public ConnectValueKind Kind { get; }

    /// <summary>The schema, or null when the data has none ("schemaless").</summary>
    public Schema? Schema { get; }

    /// <summary>True when there is no data.</summary>
    public bool IsNull => Kind == ConnectValueKind.Null;

    /// <summary>
    /// The raw bytes of a value of kind <see cref="ConnectValueKind.Bytes"/> or <see cref="ConnectValueKind.Utf8"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The value is of another kind.</exception>
    public ReadOnlyMemory<byte> Bytes => Kind is ConnectValueKind.Bytes or ConnectValueKind.Utf8
        ? _bytes
        : throw new InvalidOperationException($"A value of kind {Kind} holds no raw bytes.");

    /// <summary>
    /// The data as a .NET object: null, the object itself, a decoded <see cref="string"/>, or a copy of the bytes.
    /// Allocates for the kinds <see cref="ConnectValueKind.Bytes"/> and <see cref="ConnectValueKind.Utf8"/>.
    /// </summary>
    public object? Value => Kind switch
    {
        ConnectValueKind.Bytes => _bytes.ToArray(),
        ConnectValueKind.Utf8 => Encoding.UTF8.GetString(_bytes.Span),
        _ => _object,
    };

    /// <summary>An absent value that has a schema.</summary>
    public static ConnectValue NullOf(Schema? schema) => new(ConnectValueKind.Null, schema, default, null);

    /// <summary>Raw bytes. The memory is referenced, not copied.</summary>
    public static ConnectValue FromBytes(ReadOnlyMemory<byte> bytes, Schema? schema = null)
        => new(ConnectValueKind.Bytes, schema ?? Schema.OptionalBytes, bytes, null);

    /// <summary>Text as UTF-8 bytes. The memory is referenced, not copied, and not checked.</summary>
    public static ConnectValue FromUtf8(ReadOnlyMemory<byte> utf8, Schema? schema = null)
        => new(ConnectValueKind.Utf8, schema ?? Schema.OptionalString, utf8, null);

    /// <summary>
    /// An object with its schema (null: schemaless). Null gives a value of kind <see cref="ConnectValueKind.Null"/>.
    /// </summary>
    public static ConnectValue From(object? value, Schema? schema = null)
        => value is null ? NullOf(schema) : new(ConnectValueKind.Object, schema, default, value);
}
