using System.Buffers.Binary;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes 16-bit whole numbers, big-endian in 2 bytes.</summary>
public sealed class ShortConverter() : PrimitiveConverter<short>(SchemaType.Int16, "short", sizeof(short))
{
    private protected override short Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt16BigEndian(bytes);

    private protected override void Write(Span<byte> bytes, short value) => BinaryPrimitives.WriteInt16BigEndian(bytes, value);
}
