using System.Buffers.Binary;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes 32-bit whole numbers, big-endian in 4 bytes.</summary>
public sealed class IntegerConverter() : PrimitiveConverter<int>(SchemaType.Int32, "integer", sizeof(int))
{
    private protected override int Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);

    private protected override void Write(Span<byte> bytes, int value) => BinaryPrimitives.WriteInt32BigEndian(bytes, value);
}
