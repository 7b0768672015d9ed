namespace Exports.Connectors.Sdk;

/// <summary>Something went wrong in a connector, converter or transform that a retry does not mend.</summary>
public class ConnectException : Exception
{
    /// <summary>Makes an exception with a message that says what was wrong, where, and what to do.</summary>
    public ConnectException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whose business it is, where the thrower knows.</summary>
    public ErrorCause Cause { get; init; }
}

/// <summary>The operation failed, and the same operation may succeed later.</summary>
public class RetriableException : ConnectException
{
    /// <summary>Makes an exception that asks for a retry.</summary>
    /// <param name="message">What was wrong.</param>
    /// <param name="inner">The cause.</param>
    /// <param name="retryAfter">How long the destination asks to wait before the next attempt, when it says so.</param>
    public RetriableException(string message, Exception? inner = null, TimeSpan? retryAfter = null)
        : base(message, inner) => RetryAfter = retryAfter;

    /// <summary>How long the destination asks to wait, or null to leave it to the pipeline's back-off.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>The destination asks to slow down; the same operation may succeed later.</summary>
public sealed class ThrottledException : RetriableException
{
    /// <summary>Makes an exception that asks for a retry and for less load.</summary>
    /// <param name="message">What the destination said.</param>
    /// <param name="inner">The cause.</param>
    /// <param name="retryAfter">How long the destination asks to wait before the next attempt, when it says so.</param>
    public ThrottledException(string message, Exception? inner = null, TimeSpan? retryAfter = null)
        : base(message, inner, retryAfter) => Cause = ErrorCause.Throttled;
}

/// <summary>A record was not sent, because one before it was refused and fails the task.</summary>
public sealed class NotSentException : RetriableException
{
    /// <summary>Makes an exception that says so.</summary>
    public NotSentException()
        : base("An earlier record was refused, and nothing behind it is delivered.")
    {
    }
}

/// <summary>Data does not fit its schema or cannot be converted.</summary>
public class DataException : ConnectException
{
    /// <summary>Makes an exception about data.</summary>
    public DataException(string message, Exception? inner = null)
        : base(message, inner) => Cause = ErrorCause.BadRecord;
}

/// <summary>Some records of a batch were not delivered; all others were.</summary>
public sealed class RecordsFailedException : ConnectException
{
    /// <summary>Makes an exception that names the records.</summary>
    /// <param name="failures">The failed records, by rising index into the batch; at least one.</param>
    /// <param name="retryAfter">How long the destination asks to wait before the retriable ones are sent again, or null.</param>
    public RecordsFailedException(IReadOnlyList<RecordFailure> failures, TimeSpan? retryAfter = null)
        : base(Describe(failures), failures[0].Error)
    {
        Failures = failures;
        RetryAfter = retryAfter;
    }

    /// <summary>The failed records, by rising index.</summary>
    public IReadOnlyList<RecordFailure> Failures { get; }

    /// <summary>How long the destination asks to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; }

    private static string Describe(IReadOnlyList<RecordFailure> failures)
        => failures.Count == 1
            ? failures[0].Error.Message
            : $"{failures.Count} records were not delivered; the first: {failures[0].Error.Message}";
}

/// <summary>A record that was not delivered.</summary>
/// <param name="Index">Its index in the batch, from 0.</param>
/// <param name="Error">Why.</param>
/// <param name="CanRetry">Whether the same record may succeed later.</param>
public readonly record struct RecordFailure(int Index, Exception Error, bool CanRetry);
