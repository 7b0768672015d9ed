using System.Buffers.Binary;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes 64-bit whole numbers, big-endian in 8 bytes.</summary>
public sealed class LongConverter() : PrimitiveConverter<long>(SchemaType.Int64, "long", sizeof(long))
{
    private protected override long Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes);

    private protected override void Write(Span<byte> bytes, long value) => BinaryPrimitives.WriteInt64BigEndian(bytes, value);
}
