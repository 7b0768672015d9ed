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
    private readonly int _length;
    private byte[]? _array;
    private int _sending;
    private bool _isCutOff;
    private TaskCompletionSource? _sent;

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

    /// <summary>
    /// Whether all of the body was sent. Waits for that: an answer may come before, and a thread that sends may still be at it.
    /// </summary>
    public async Task<bool> IsSentAsync(CancellationToken cancellationToken)
    {
        Task sent;
        lock (_lock)
        {
            if (_sending == 0)
                return !_isCutOff;
            _sent ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            sent = _sent.Task;
        }

        await sent.WaitAsync(cancellationToken);
        return !_isCutOff;
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
            _isCutOff = true;
            _sending++;
        }

        try
        {
            await stream.WriteAsync(array.AsMemory(0, _length), cancellationToken);
            _isCutOff = false;
        }
        catch (IOException)
        {
            // Who refuses a body that is too large answers before its end, and hangs up. The answer is there to be read, and
            // says why. Where there is none, reading fails in its turn.
        }
        finally
        {
            lock (_lock)
            {
                if (--_sending == 0)
                    _sent?.TrySetResult();
            }
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
