namespace Exports.Connectors.PubSub;

/// <summary>
/// Gives small pieces of memory out of larger blocks, so that a record does not cost an object of its own. A block is
/// freed when none of its pieces is in use any more; small, because idle tasks keep one. For one thread at a time.
/// </summary>
internal sealed class ByteArena
{
    private const int BlockSize = 8 * 1024;
    private const int LargestPiece = BlockSize / 8;

    private byte[] _block = [];
    private int _used;

    /// <summary>Memory whose content is not defined.</summary>
    public Memory<byte> Allocate(int length)
    {
        if (length > LargestPiece)
            return new byte[length];
        if (_block.Length - _used < length)
        {
            _block = new byte[BlockSize];
            _used = 0;
        }

        var piece = _block.AsMemory(_used, length);
        _used += length;
        return piece;
    }

    /// <summary>A copy.</summary>
    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        var piece = Allocate(bytes.Length);
        bytes.CopyTo(piece.Span);
        return piece;
    }
}
