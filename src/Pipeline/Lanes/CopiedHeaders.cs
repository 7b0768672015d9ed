using System.Runtime.CompilerServices;

namespace Exports.Pipeline;

/// <summary>
/// The form in which headers are copied out of librdkafka's memory: for each one the lengths of name and value (−1 for no
/// value) as 32-bit integers, then name and value.
/// </summary>
internal static unsafe class CopiedHeaders
{
    private const int Prefix = 2 * sizeof(int);

    public static int Size(int nameLength, int valueLength) => Prefix + nameLength + Math.Max(valueLength, 0);

    /// <summary>Writes a header and returns where the next one goes.</summary>
    public static byte* Write(byte* target, ReadOnlySpan<byte> name, byte* value, int valueLength)
    {
        Unsafe.WriteUnaligned(target, name.Length);
        Unsafe.WriteUnaligned(target + sizeof(int), value is null ? -1 : valueLength);
        target += Prefix;
        name.CopyTo(new Span<byte>(target, name.Length));
        target += name.Length;
        if (value is null)
            return target;
        Buffer.MemoryCopy(value, target, valueLength, valueLength);
        return target + valueLength;
    }

    /// <summary>Reads a header and moves on to the next one.</summary>
    public static void Read(scoped ref byte* source, out ReadOnlySpan<byte> name, out byte* value, out int valueLength)
    {
        var nameLength = Unsafe.ReadUnaligned<int>(source);
        valueLength = Unsafe.ReadUnaligned<int>(source + sizeof(int));
        source += Prefix;
        name = new ReadOnlySpan<byte>(source, nameLength);
        source += nameLength;
        if (valueLength < 0)
        {
            value = null;
            valueLength = 0;
            return;
        }

        value = source;
        source += valueLength;
    }
}
