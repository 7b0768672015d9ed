using System.Buffers;

namespace Exports.Connectors.Http;

/// <summary>A stream that is written into a rented array.</summary>
internal sealed class RentedStream(int capacity) : Stream
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <summary>Gives the array away, with the number of bytes in it. Whoever takes it returns it.</summary>
    public (byte[] Array, int Length) Detach()
    {
        var array = _array!;
        _array = null;
        return (array, _length);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_array!.Length - _length < buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked((_array.Length * 2) + buffer.Length));
            _array.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        buffer.CopyTo(_array.AsSpan(_length));
        _length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (_array is { } array)
            ArrayPool<byte>.Shared.Return(array);
        _array = null;
        base.Dispose(disposing);
    }
}
