using System.Buffers.Binary;
using System.Text;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>Reads a request's or an answer's body.</summary>
internal sealed class FrameReader
{
    private readonly byte[] _frame;
    private readonly bool _isFlexible;

    public FrameReader(byte[] frame, bool isFlexible)
    {
        _frame = frame;
        _isFlexible = isFlexible;
        Position = 10 + Math.Max((int)BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(8)), 0);
        Tags();
    }

    private FrameReader(byte[] frame, bool isFlexible, int position)
    {
        _frame = frame;
        _isFlexible = isFlexible;
        Position = position;
        Tags();
    }

    public int Position { get; private set; }

    public static FrameReader OfAnswer(byte[] frame, bool isFlexible) => new(frame, isFlexible, 4);

    public void Skip(int length) => Position += length;

    public byte Byte() => _frame[Position++];

    public short Short() => BinaryPrimitives.ReadInt16BigEndian(Next(2));

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Next(4));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Next(8));

    public int Count() => _isFlexible ? Varint() - 1 : Int();

    public string? Text()
    {
        var length = _isFlexible ? Varint() - 1 : Short();
        return length < 0 ? null : Encoding.UTF8.GetString(Next(length));
    }

    /// <summary>Tagged fields, of which nobody sends any.</summary>
    public void Tags()
    {
        if (_isFlexible && Byte() != 0)
            throw new InvalidOperationException("There are tagged fields.");
    }

    private int Varint()
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = Byte();
            value |= (part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private ReadOnlySpan<byte> Next(int length)
    {
        Position += length;
        return _frame.AsSpan(Position - length, length);
    }
}
