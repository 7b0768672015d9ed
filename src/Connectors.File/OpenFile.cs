using System.Buffers;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.File;

/// <summary>An open file that this process alone appends to.</summary>
internal sealed class OpenFile : IDisposable
{
    private const int TailBlock = 64 * 1024;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly string? _identity;
    private bool _isNameDurable;

    private OpenFile(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
        _identity = CurrentIdentity();
    }

    /// <summary>The file's length in bytes; 0 for what has none, such as a pipe.</summary>
    public long Length => _stream.CanSeek ? RandomAccess.GetLength(_stream.SafeFileHandle) : 0;

    /// <summary>
    /// Whether the file was deleted from its directory, so that nobody else can read it. Always false where the system does
    /// not tell.
    /// </summary>
    public bool IsDeleted => MovedTo?.EndsWith(" (deleted)", StringComparison.Ordinal) ?? false;

    /// <summary>
    /// The name that the file was given from outside; null when it has its own. Always null where the system does not tell.
    /// </summary>
    public string? MovedTo => CurrentIdentity() is { } identity && identity != _identity ? identity : null;

    /// <summary>Opens a file to append to, makes it if it is missing, and cuts off an incomplete last line.</summary>
    /// <returns>The file, and how many bytes were cut off.</returns>
    /// <exception cref="RetriableException">Another process has it open for the same.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static (OpenFile File, long Cut) Open(string path)
    {
        // Without a buffer, so that one write is one call; read and write, to look at the last line.
        const FileShare anyone = FileShare.ReadWrite | FileShare.Delete;
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, anyone, bufferSize: 0);
        try
        {
            if (!stream.CanSeek)
                return (new(path, stream), 0);
            Lock(path, stream);
            var length = RandomAccess.GetLength(stream.SafeFileHandle);
            var complete = CompleteLength(stream, length);
            if (complete < length)
                RandomAccess.SetLength(stream.SafeFileHandle, complete);
            return (new(path, stream), length - complete);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes bytes at a position; what has no positions takes them in their order.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long position)
        => _stream.CanSeek
            ? RandomAccess.WriteAsync(_stream.SafeFileHandle, bytes, position, CancellationToken.None)
            : _stream.WriteAsync(bytes, CancellationToken.None);

    /// <summary>Takes back what was written after a length.</summary>
    public void Truncate(long length)
    {
        if (!_stream.CanSeek)
            throw new NotSupportedException($"{_path} is not a regular file.");
        if (Length > length)
            RandomAccess.SetLength(_stream.SafeFileHandle, length);
    }

    /// <summary>Waits until the disk has everything: what was written, and the first time the file's name as well.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Sync()
    {
        if (!_stream.CanSeek)
            return;
        RandomAccess.FlushToDisk(_stream.SafeFileHandle);
        if (!_isNameDurable)
            DirectorySync.Sync(Path.GetDirectoryName(_path)!);
        _isNameDurable = true;
    }

    public void Dispose() => _stream.Dispose();

    // The whole file is locked against writers of other processes, who would write over each other's lines. Readers that do
    // not lock are not disturbed.
    private static void Lock(string path, FileStream stream)
    {
        if (OperatingSystem.IsMacOS() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() || OperatingSystem.IsFreeBSD())
            return;
        try
        {
            stream.Lock(0, long.MaxValue);
        }
        catch (IOException e)
        {
            throw new RetriableException($"The file {path} cannot be opened: another process writes to it.", e);
        }
    }

    private static long CompleteLength(FileStream stream, long length)
    {
        var block = ArrayPool<byte>.Shared.Rent(TailBlock);
        try
        {
            for (var end = length; end > 0;)
            {
                var start = Math.Max(0, end - TailBlock);
                var read = 0;
                while (read < end - start)
                {
                    var room = block.AsSpan(read, (int)(end - start) - read);
                    var count = RandomAccess.Read(stream.SafeFileHandle, room, start + read);
                    if (count == 0)
                        throw new IOException($"{stream.Name} became shorter while it was read.");
                    read += count;
                }
                var at = block.AsSpan(0, read).LastIndexOf((byte)'\n');
                if (at >= 0)
                    return start + at + 1;
                end = start;
            }
            return 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    // Linux tells the path that an open file has now, with " (deleted)" behind it when it has none.
    private string? CurrentIdentity()
    {
        if (!OperatingSystem.IsLinux() || !_stream.CanSeek)
            return null;
        try
        {
            return new FileInfo($"/proc/self/fd/{_stream.SafeFileHandle.DangerousGetHandle()}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
