using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Exports.Grains.Storage.Sqlite;

/// <summary>What happens before the state file is used: the lock, the checks, and the file's creation.</summary>
internal static class StateFileChecks
{
    /// <summary>Marks a SQLite file as ours: "EXPT".</summary>
    private const int ApplicationId = 0x45585054;

    private const int SchemaVersion = 1;

    private const string Schema = """
        CREATE TABLE state (
            grain_type TEXT NOT NULL, grain_key TEXT NOT NULL, name TEXT NOT NULL,
            version INTEGER NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (grain_type, grain_key, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE reminder (
            grain_type TEXT NOT NULL, grain_key TEXT NOT NULL, name TEXT NOT NULL,
            version INTEGER NOT NULL, start_at TEXT NOT NULL, period TEXT NOT NULL,
            PRIMARY KEY (grain_type, grain_key, name)) STRICT, WITHOUT ROWID;
        """;

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Locks the file for this process, until the result is disposed or the process ends, however it ends.</summary>
    public static FileStream Lock(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(directory);
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SqliteStorageException(
                $"The data directory {directory} cannot be written: {exception.Message} Give this user the right to, or set another data.dir.",
                exception);
        }
        catch (IOException exception)
        {
            throw new SqliteStorageException(
                File.Exists(path + ".lock")
                    ? $"{path} is in use by another worker: a data directory belongs to one worker at a time. "
                        + $"Stop the other one, or set another data.dir. ({exception.Message})"
                    : $"The data directory {directory} cannot be used: {exception.Message}",
                exception);
        }
    }

    /// <summary>Creates the file when it is missing; otherwise refuses one that is not ours, too new or damaged, without changing it.</summary>
    public static void CreateOrCheck(string path)
    {
        if (File.Exists(path))
        {
            Check(path);
            return;
        }

        if (new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
        {
            throw new SqliteStorageException(
                $"{path} is missing, but {path}-wal, which belongs to it, is there. Restore the file, or remove the other one to start empty.");
        }

        // Made under another name, so that a crash in between leaves no half-made file. Readable by its owner alone:
        // configurations may hold passwords.
        var made = path + ".new";
        File.Delete(made);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        new FileStream(made, options).Dispose();
        using (var connection = Connect(made, SqliteOpenMode.ReadWrite))
        {
            connection.Run(string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}; {Schema}"));
        }

        File.Move(made, path);
    }

    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }

    public static SqliteStorageException Unusable(string path, SqliteException exception) =>
        new(exception.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_FULL => $"{path} cannot be opened: the disk is full.",
            SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_AUTH =>
                $"{path} cannot be opened for writing: {exception.Message} Give this user the right to read and write it.",
            _ => Damaged(path, exception.Message),
        }, exception);

    private static void Check(string path)
    {
        Span<byte> start = stackalloc byte[Magic.Length];
        using (var file = OpenToRead(path))
        {
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(Magic))
                throw new SqliteStorageException(Foreign(path, "it is no SQLite file"));
        }

        // Reading alone, so that closing does not write what the write-ahead log holds into a file that is refused.
        using var connection = Connect(path, SqliteOpenMode.ReadOnly);
        var id = connection.Query("PRAGMA application_id", static row => row.GetInt64(0)).Single();
        if (id != ApplicationId)
            throw new SqliteStorageException(Foreign(path, "another program made it"));

        var version = connection.Query("PRAGMA user_version", static row => row.GetInt64(0)).Single();
        if (version != SchemaVersion)
        {
            throw new SqliteStorageException(
                $"{path} has format {version}; this version of Exports knows format {SchemaVersion}. Nothing was changed. "
                + "Start the version of Exports that wrote it, or set another data.dir.");
        }

        var findings = connection.Query("PRAGMA quick_check(3)", static row => row.GetString(0));
        if (findings is not ["ok"])
            throw new SqliteStorageException(Damaged(path, string.Join("; ", findings)));
    }

    private static FileStream OpenToRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SqliteStorageException(
                $"{path} cannot be read: {exception.Message} Give this user the right to read and write it.", exception);
        }
    }

    private static string Foreign(string path, string why) =>
        $"{path} is not a state file of Exports: {why}. Nothing was changed. Move it away, or set another data.dir.";

    private static string Damaged(string path, string finding) =>
        $"{path} is damaged: {finding} Nothing was changed. Restore it, with its -wal file, from a backup; or move both away to "
        + "start empty and create the connectors again, which then go on from the offsets of their Kafka groups.";
}
