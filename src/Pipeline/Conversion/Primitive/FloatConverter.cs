using System.Buffers.Binary;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes 32-bit floating point numbers, big-endian in 4 bytes.</summary>
public sealed class FloatConverter() : PrimitiveConverter<float>(SchemaType.Float32, "float", sizeof(float))
{
    private protected override float Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadSingleBigEndian(bytes);

    private protected override void Write(Span<byte> bytes, float value) => BinaryPrimitives.WriteSingleBigEndian(bytes, value);
}
