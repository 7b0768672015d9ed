using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Connectors.File;

/// <summary>
/// A file that all tasks of this process append to through one object. Receives whole lines, and guarantees that the file
/// never holds a part of one: writes follow one another, what was written in part is taken back, and a part that a crash
/// has left is cut off at opening. Thread-safe.
/// </summary>
/// <remarks>
/// After an error that leaves open what the file holds (a failed sync, a write that could not be taken back, a file that
/// was deleted under it) the object is broken: every later call fails, and so do the tasks that have it. Those that start
/// anew get a new one, and deliver again what was not committed.
/// </remarks>
internal sealed partial class SharedFile
{
    private static readonly Dictionary<string, SharedFile> s_open = new(StringComparer.Ordinal);

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private OpenFile? _file;
    private bool _isDirty;
    private ConnectException? _broken;
    private int _users;

    private SharedFile(string path, ILogger logger)
    {
        _path = path;
        _logger = logger;
    }

    /// <summary>Opens the file, or joins the tasks that have it open already.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="logger">Where to say what was cut off.</param>
    /// <param name="cancellationToken">Ends the wait for other tasks' writes.</param>
    /// <exception cref="RetriableException">The disk is full, or another process has the file.</exception>
    /// <exception cref="ConnectException">It cannot be opened.</exception>
    public static async Task<SharedFile> OpenAsync(string path, ILogger logger, CancellationToken cancellationToken)
    {
        SharedFile? file;
        lock (s_open)
        {
            if (!s_open.TryGetValue(path, out file))
                s_open.Add(path, file = new(path, logger));
            file._users++;
        }
        try
        {
            await file._turn.WaitAsync(cancellationToken);
            try
            {
                file.ThrowIfBroken();
                file._file ??= await Task.Run(file.OpenPath, cancellationToken);
            }
            finally
            {
                file._turn.Release();
            }
            return file;
        }
        catch
        {
            await file.ReleaseAsync();
            throw;
        }
    }

    /// <summary>Gives the file up; the last task closes it.</summary>
    public async Task ReleaseAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            lock (s_open)
            {
                if (--_users > 0)
                    return;
            }
            Close();
            lock (s_open)
            {
                // Who has joined meanwhile opens it again.
                if (_users == 0)
                    Forget();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Appends lines, all or none of those that go into one file.</summary>
    /// <exception cref="RetriableException">
    /// The disk is full. Nothing was written, or where the file was rotated on the way, only whole lines.
    /// </exception>
    /// <exception cref="ConnectException">The file cannot be written.</exception>
    public async Task AppendAsync(LineBuffer lines, RotationPolicy? rotation, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ThrowIfBroken();
            var file = _file ??= OpenPath();
            var start = 0;
            while (start < lines.Written.Length)
            {
                // Asked each time: whoever truncates the file from outside (logrotate's copytruncate) moves its end.
                var end = file.Length;
                var stop = lines.Written.Length;
                if (rotation is not null)
                {
                    stop = LastLineWithin(lines.LineEnds, start, rotation.MaxBytes - end);
                    if (stop == start && end > 0)
                    {
                        file = _file = Rotate(file, rotation);
                        continue;
                    }
                    stop = Math.Max(stop, FirstLineEnd(lines.LineEnds, start));
                }
                await WriteAsync(file, lines.Written[start..stop], end);
                start = stop;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes sure that what was appended is still there, and durable where that is wanted.</summary>
    /// <param name="sync">Whether to wait for the disk.</param>
    /// <param name="cancellationToken">Ends the wait for other tasks' writes.</param>
    /// <exception cref="ConnectException">What was appended may be lost.</exception>
    public async Task FlushAsync(bool sync, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ThrowIfBroken();
            if (!_isDirty || _file is null)
                return;
            if (_file.IsDeleted)
                throw Break(Deleted());
            if (sync)
                await Task.Run(() => Sync(_file), CancellationToken.None);
            _isDirty = !sync;
            if (_file.MovedTo is { } other)
            {
                // Renamed from outside: its lines are safe there, and new ones belong to the name that was asked for.
                Log.Moved(_logger, _path, other);
                if (!sync)
                    await Task.Run(() => Sync(_file), CancellationToken.None);
                Close();
                _isDirty = false;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WriteAsync(OpenFile file, ReadOnlyMemory<byte> lines, long end)
    {
        try
        {
            _isDirty = true;
            // Not cancelled halfway, which would leave half a line.
            await file.WriteAsync(lines, end);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var error = FileErrors.CannotWrite(_path, e);
            try
            {
                file.Truncate(end);
            }
            catch (Exception f) when (f is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                throw Break(new($"{error.Message} What was written in part could not be taken back: {f.Message}", e));
            }
            throw error;
        }
    }

    /// <summary>Renames the file to its next number, and opens a new one.</summary>
    private OpenFile Rotate(OpenFile file, RotationPolicy rotation)
    {
        try
        {
            if (file.IsDeleted)
                throw Break(Deleted());
            // A flush will look at the new file only.
            Sync(file);
            if (file.MovedTo is { } other)
            {
                Log.Moved(_logger, _path, other);
            }
            else
            {
                var rotated = RotatedFiles.MoveAside(_path);
                Log.Rotated(_logger, _path, rotated);
            }
            Close();
            RotatedFiles.DeleteAllBut(_path, rotation.Keep, _logger);
            return OpenPath();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.CannotWrite(_path, e);
        }
    }

    private OpenFile OpenPath()
    {
        try
        {
            var (file, cut) = OpenFile.Open(_path);
            if (cut > 0)
                Log.CutOff(_logger, _path, cut);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw FileErrors.CannotOpen(_path, e);
        }
    }

    /// <summary>A failed sync may have dropped data that a second one would not miss, so it is never repeated.</summary>
    private void Sync(OpenFile file)
    {
        try
        {
            file.Sync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Break(new ConnectException($"The file {_path} could not be made durable: {e.Message}", e));
        }
    }

    private ConnectException Deleted() => new(
        $"The file {_path} was deleted while it was being written; what it held since the last flush is delivered again.");

    private ConnectException Break(ConnectException error)
    {
        _broken = error;
        // Closed before anyone opens it anew: closing gives up this process's lock on the file, whoever took it.
        Close();
        lock (s_open)
            Forget();
        return error;
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private void ThrowIfBroken()
    {
        if (_broken is { } error)
            throw new ConnectException(error.Message, error);
    }

    private void Forget()
    {
        if (s_open.GetValueOrDefault(_path) == this)
            s_open.Remove(_path);
    }

    /// <summary>The end of the last line that fits into so many bytes; the start when none does.</summary>
    private static int LastLineWithin(IReadOnlyList<int> lineEnds, int start, long room)
    {
        var stop = start;
        var low = 0;
        var high = lineEnds.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (lineEnds[middle] - start <= room)
            {
                stop = Math.Max(stop, lineEnds[middle]);
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return stop;
    }

    private static int FirstLineEnd(IReadOnlyList<int> lineEnds, int start)
    {
        foreach (var end in lineEnds)
        {
            if (end > start)
                return end;
        }
        return start;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "{Path} ended in the middle of a line: {Bytes} bytes were cut off. Their record was not acknowledged, " +
                "and is delivered again.")]
        public static partial void CutOff(ILogger logger, string path, long bytes);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information,
            Message = "{Path} has reached its size and was renamed to {Rotated}.")]
        public static partial void Rotated(ILogger logger, string path, string rotated);

        [LoggerMessage(EventId = 3, Level = LogLevel.Information,
            Message = "{Path} was renamed to {Other} from outside; a new file is begun.")]
        public static partial void Moved(ILogger logger, string path, string other);
    }
}
