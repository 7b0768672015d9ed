using System.Buffers;
using System.IO.Compression;
using System.Net;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>
/// A body in a rented array. The array goes back when the request is over, unless the connection is still sending it then, as
/// it may be when the answer has come before the end of the body: an array that others write to must not be sent.
/// </summary>
internal sealed class RequestBody : HttpContent
{
    private readonly Lock _lock = new();
    private byte[]? _array;
    private readonly int _length;
    private int _sending;

    private RequestBody(byte[] array, int length)
    {
        _array = array;
        _length = length;
    }

    /// <summary>The bytes, until this is disposed.</summary>
    public ReadOnlySpan<byte> Span => Array.AsSpan(0, _length);

    private byte[] Array
    {
        get
        {
            ObjectDisposedException.ThrowIf(_array is null, this);
            return _array;
        }
    }

    /// <summary>Writes the values of prepared records, and what belongs around and between them.</summary>
    public static RequestBody Of(SinkBatch request, HttpSinkConfig config)
    {
        var (prefix, separator, suffix) = config.Around;
        var records = request.Records;
        long length = prefix.Length + suffix.Length + ((long)separator.Length * (records.Length - 1));
        foreach (ref readonly var record in records)
            length += record.Value.Bytes.Length;
        var array = ArrayPool<byte>.Shared.Rent(checked((int)length));
        var rest = array.AsSpan();
        Append(prefix, ref rest);
        for (var i = 0; i < records.Length; i++)
        {
            if (i > 0)
                Append(separator, ref rest);
            Append(records[i].Value.Bytes.Span, ref rest);
        }

        Append(suffix, ref rest);
        return config.IsCompressed ? Compressed(array, (int)length) : new(array, (int)length);
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] array;
        lock (_lock)
        {
            array = Array;
            _sending++;
        }

        try
        {
            await stream.WriteAsync(array.AsMemory(0, _length), cancellationToken);
        }
        finally
        {
            lock (_lock)
                _sending--;
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            if (_array is { } array && _sending == 0)
                ArrayPool<byte>.Shared.Return(array);
            _array = null;
        }

        base.Dispose(disposing);
    }

    private static RequestBody Compressed(byte[] array, int length)
    {
        // Rarely larger than what goes in, and then by little: some bytes a block, header and trailer.
        using var target = new RentedStream(length + (length >> 8) + 1024);
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(array, 0, length);
        ArrayPool<byte>.Shared.Return(array);
        var (compressed, size) = target.Detach();
        return new(compressed, size);
    }

    private static void Append(ReadOnlySpan<byte> bytes, ref Span<byte> rest)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
