using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exports.Grains.Storage.Sqlite;

/// <summary>
/// The open state file of this process: one writer, that puts all writes that wait into one transaction, and readers that it
/// does not hold up. A write has reached the disk when its task completes.
/// </summary>
internal sealed partial class StateFile(string directory, ILogger<StateFile> logger) : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>The most writes in one transaction.</summary>
    private const int MaxBatch = 1000;

    private readonly Channel<Write> _writes = Channel.CreateUnbounded<Write>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private FileStream? _lock;
    private SqliteConnection? _writer;
    private Task _writing = Task.CompletedTask;
    private long _version;
    private volatile bool _open;

    public string Path { get; } = System.IO.Path.Combine(directory, "exports.db");

    /// <summary>A version that no stored row has had since the file was opened.</summary>
    public long NextVersion() => Interlocked.Increment(ref _version);

    /// <exception cref="SqliteStorageException">The file cannot be used.</exception>
    public void Open()
    {
        _lock = StateFileChecks.Lock(Path);
        try
        {
            StateFileChecks.CreateOrCheck(Path);
            _writer = StateFileChecks.Connect(Path, SqliteOpenMode.ReadWrite);
            _writer.Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            _version = _writer.Query(
                "SELECT max(coalesce((SELECT max(version) FROM state), 0), coalesce((SELECT max(version) FROM reminder), 0))",
                static row => row.GetInt64(0)).Single();
            _writing = Task.Run(() => WriteAllAsync(_writer));
        }
        catch (Exception exception)
        {
            _writer?.Dispose();
            _lock.Dispose();
            if (exception is SqliteException sqlite)
                throw StateFileChecks.Unusable(Path, sqlite);

            throw;
        }

        _open = true;
        Log.Opened(logger, Path);
    }

    /// <summary>Reads on a connection of its own, and sees all writes that have completed.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        CheckOpen();
        if (!_readers.TryTake(out var connection))
            connection = StateFileChecks.Connect(Path, SqliteOpenMode.ReadOnly);

        try
        {
            return read(connection);
        }
        catch (SqliteException exception)
        {
            throw new SqliteStorageException($"{Path} cannot be read: {exception.Message}", exception);
        }
        finally
        {
            if (_open)
                _readers.Add(connection);
            else
                connection.Dispose();
        }
    }

    /// <summary>Writes in the next transaction. What <paramref name="write"/> throws comes out, and leaves other writes alone.</summary>
    /// <exception cref="SqliteStorageException">The disk is full, or failed; nothing of this write is stored.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken token = default)
    {
        CheckOpen();
        var queued = new Write<T>(write, token);
        if (!_writes.Writer.TryWrite(queued))
            throw Closed();

        return queued.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writing;
        _open = false;
        while (_readers.TryTake(out var reader))
            await reader.DisposeAsync();

        // Last, for only a connection that can write moves the log into the file when it is the last one.
        if (_writer is not null)
            await _writer.DisposeAsync();

        if (_lock is not null)
            await _lock.DisposeAsync();
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken)
    {
        Open();
        return Task.CompletedTask;
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    private void CheckOpen()
    {
        if (!_open)
            throw Closed();
    }

    private SqliteStorageException Closed() => new($"{Path} is not open: the worker has not started, or has stopped.");

    private async Task WriteAllAsync(SqliteConnection connection)
    {
        var batch = new List<Write>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && _writes.Reader.TryRead(out var write))
                batch.Add(write);

            if (!TryCommit(connection, batch) && batch.Count > 1)
            {
                // One of them may be the cause, and the others have no part in it.
                foreach (var write in batch)
                    TryCommit(connection, [write]);
            }

            foreach (var write in batch)
                write.Complete();

            batch.Clear();
        }
    }

    private bool TryCommit(SqliteConnection connection, IReadOnlyList<Write> batch)
    {
        try
        {
            using var transaction = connection.BeginTransaction();
            foreach (var write in batch)
                write.Apply(connection);

            transaction.Commit();
            return true;
        }
        catch (SqliteException exception)
        {
            var failure = new SqliteStorageException(
                exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL
                    ? $"{Path} cannot be written: the disk is full. Free some space; nothing was changed."
                    : $"{Path} cannot be written: {exception.Message} Nothing was changed.",
                exception);
            foreach (var write in batch)
                write.Fail(failure);

            Log.WriteFailed(logger, exception, Path, batch.Count);
            return false;
        }
    }

    /// <summary>A write that waits for its transaction.</summary>
    private abstract class Write
    {
        /// <summary>Makes the change, or remembers why not. An error of SQLite's goes on to the transaction.</summary>
        public abstract void Apply(SqliteConnection connection);

        /// <summary>The transaction failed.</summary>
        public abstract void Fail(Exception exception);

        /// <summary>Tells the writer what became of it.</summary>
        public abstract void Complete();
    }

    private sealed class Write<T>(Func<SqliteConnection, T> write, CancellationToken token) : Write
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Task => _completion.Task;

        public override void Apply(SqliteConnection connection)
        {
            _failure = null;
            try
            {
                token.ThrowIfCancellationRequested();
                _result = write(connection);
            }
            catch (Exception exception) when (exception is not SqliteException)
            {
                _failure = exception;
            }
        }

        public override void Fail(Exception exception) => _failure = exception;

        public override void Complete()
        {
            if (_failure is OperationCanceledException)
                _completion.SetCanceled(token);
            else if (_failure is not null)
                _completion.SetException(_failure);
            else
                _completion.SetResult(_result!);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "State is kept in {File}.")]
        public static partial void Opened(ILogger logger, string file);

        [LoggerMessage(2, LogLevel.Error, "{File}: a transaction of {Count} writes failed.")]
        public static partial void WriteFailed(ILogger logger, Exception exception, string file, int count);
    }
}
