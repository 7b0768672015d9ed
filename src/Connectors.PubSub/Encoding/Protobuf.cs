using System.Buffers;
using System.Numerics;

namespace Exports.Connectors.PubSub;

/// <summary>The few parts of protobuf's wire format that publishing needs (https://protobuf.dev/programming-guides/encoding/).</summary>
internal static class Protobuf
{
    private const int LengthDelimited = 2;
    private const int MaxVarintBytes = 10;

    /// <summary>The tag of a field with bytes, text or a message; the field's number is at most 15, so it is one byte.</summary>
    public static byte Tag(int field) => (byte)((field << 3) | LengthDelimited);

    /// <summary>How many bytes a number takes.</summary>
    public static int VarintSize(int value) => (BitOperations.Log2((uint)value | 1) / 7) + 1;

    /// <summary>How many bytes a field of that length takes, with its tag and length.</summary>
    public static int FieldSize(int length) => 1 + VarintSize(length) + length;

    /// <summary>Writes a field's tag and length.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int WriteHeader(Span<byte> target, int field, int length)
    {
        target[0] = Tag(field);
        var at = 1;
        var rest = (uint)length;
        while (rest >= 0x80)
        {
            target[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        target[at++] = (byte)rest;
        return at;
    }

    /// <summary>Writes a whole field.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int WriteField(Span<byte> target, int field, ReadOnlySpan<byte> content)
    {
        var at = WriteHeader(target, field, content.Length);
        content.CopyTo(target[at..]);
        return at + content.Length;
    }

    /// <summary>The content of the field at the start of <paramref name="bytes"/>.</summary>
    public static ReadOnlySpan<byte> ContentOf(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        var at = 1;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            length |= (next & 0x7f) << shift;
            if (next < 0x80)
                return bytes.Slice(at, length);
        }
    }

    /// <summary>Reads a number.</summary>
    public static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var i = 0; i < MaxVarintBytes && reader.TryRead(out var next); i++)
        {
            value |= (ulong)(next & 0x7f) << (7 * i);
            if (next < 0x80)
                return true;
        }

        return false;
    }

    /// <summary>Skips the content of a field whose tag was read.</summary>
    public static bool TrySkip(ref SequenceReader<byte> reader, ulong tag) => (tag & 7) switch
    {
        0 => TryReadVarint(ref reader, out _),
        1 => TryAdvance(ref reader, 8),
        LengthDelimited => TryReadVarint(ref reader, out var length) && length <= long.MaxValue && TryAdvance(ref reader, (long)length),
        5 => TryAdvance(ref reader, 4),
        _ => false,
    };

    private static bool TryAdvance(ref SequenceReader<byte> reader, long count)
    {
        if (reader.Remaining < count)
            return false;
        reader.Advance(count);
        return true;
    }
}
