namespace Exports.Grains.Storage.Sqlite;

/// <summary>The state file cannot be used, read or written. The message names the file and says what to do; nothing was changed.</summary>
public sealed class SqliteStorageException : OrleansException
{
    public SqliteStorageException(string message)
        : base(message)
    {
    }

    public SqliteStorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
