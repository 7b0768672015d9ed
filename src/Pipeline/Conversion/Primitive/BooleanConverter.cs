using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes true (a byte 1) and false (a byte 0).</summary>
public sealed class BooleanConverter() : PrimitiveConverter<bool>(SchemaType.Boolean, "boolean", sizeof(bool))
{
    private protected override bool Read(ReadOnlySpan<byte> bytes) => bytes[0] switch
    {
        0 => false,
        1 => true,
        var other => throw new DataException($"Failed to deserialize boolean: the byte is {other}; allowed: 0, 1."),
    };

    private protected override void Write(Span<byte> bytes, bool value) => bytes[0] = value ? (byte)1 : (byte)0;
}
