using System.Buffers;

namespace Exports.Connectors.Http;

/// <summary>
/// Where records are encoded to: many of them share one array, so a record costs no array of its own. An array is free
/// again, for the garbage collector, when the last record in it has been sent. For one thread at a time.
/// </summary>
internal sealed class EncodedBytes : IBufferWriter<byte>
{
    private const int ArraySize = 64 * 1024;

    private byte[] _array = [];
    private int _start;
    private int _end;

    /// <summary>Gives the bytes that were written since the last call; they stay as they are.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = _array.AsMemory(_start.._end);
        _start = _end;
        return taken;
    }

    /// <summary>The bytes that were written since the last <see cref="Take"/>, until more are written.</summary>
    public ReadOnlySpan<byte> Written => _array.AsSpan(_start.._end);

    /// <summary>Forgets the bytes that were written since the last <see cref="Take"/>.</summary>
    public void Reset() => _end = _start;

    /// <inheritdoc/>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_end);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int size)
    {
        if (_array.Length - _end >= size)
            return;
        var written = _end - _start;
        var array = new byte[Math.Max(ArraySize, checked((written * 2) + size))];
        _array.AsSpan(_start, written).CopyTo(array);
        _array = array;
        _start = 0;
        _end = written;
    }
}
