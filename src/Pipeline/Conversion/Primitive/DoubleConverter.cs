using System.Buffers.Binary;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes 64-bit floating point numbers, big-endian in 8 bytes.</summary>
public sealed class DoubleConverter() : PrimitiveConverter<double>(SchemaType.Float64, "double", sizeof(double))
{
    private protected override double Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadDoubleBigEndian(bytes);

    private protected override void Write(Span<byte> bytes, double value) => BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
}
