using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Exports.Connectors.Kinesis;

/// <summary>
/// A body in pooled memory, which goes back to the pool when neither its owner nor the connection uses it any longer.
/// </summary>
internal sealed class RequestBody : HttpContent
{
    private static readonly MediaTypeHeaderValue s_contentType = new(KinesisClient.ContentType);

    private readonly byte[] _buffer;
    private readonly int _length;

    // The owner, and each copy to a connection: after a timeout the owner is done while the connection may still read.
    private int _users = 1;
    private int _disposed;

    /// <summary>Takes over a buffer that was rented from the shared pool.</summary>
    public RequestBody(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
        Headers.ContentType = s_contentType;
    }

    /// <summary>The body's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            await stream.WriteAsync(Bytes, cancellationToken);
        }
        finally
        {
            Leave();
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
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
            Leave();
        base.Dispose(disposing);
    }

    private void Enter()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            ObjectDisposedException.ThrowIf(users == 0, this);
        }
        while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
