namespace Exports.Pipeline;

/// <summary>Counts what goes wrong in a task. Written by the task's loop alone, read by anyone.</summary>
internal sealed class ErrorCounters(TimeProvider time)
{
    private long _failures;
    private long _retries;
    private long _errors;
    private long _skipped;
    private long _logged;
    private long _deadLetters;
    private long _deadLetterFailures;
    private long _lastError;

    /// <summary>What has been counted so far.</summary>
    public ErrorCounts Counts => new(
        Volatile.Read(ref _failures),
        Volatile.Read(ref _retries),
        Volatile.Read(ref _errors),
        Volatile.Read(ref _skipped),
        Volatile.Read(ref _logged),
        Volatile.Read(ref _deadLetters),
        Volatile.Read(ref _deadLetterFailures),
        Volatile.Read(ref _lastError) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);

    /// <summary>An operation failed, and may be tried again.</summary>
    public void Failed()
    {
        Add(ref _failures);
        Volatile.Write(ref _lastError, time.GetUtcNow().Ticks);
    }

    /// <summary>It is tried again.</summary>
    public void Retried() => Add(ref _retries);

    /// <summary>A record failed for good.</summary>
    public void Gave(bool isSkipped)
    {
        Add(ref _errors);
        if (isSkipped)
            Add(ref _skipped);
    }

    /// <summary>A failed record was logged.</summary>
    public void Logged() => Add(ref _logged);

    /// <summary>A record is on its way to the dead letter queue.</summary>
    public void DeadLetter() => Add(ref _deadLetters);

    /// <summary>The dead letter queue did not take a record.</summary>
    public void DeadLetterFailed() => Add(ref _deadLetterFailures);

    private static void Add(ref long counter) => Volatile.Write(ref counter, counter + 1);
}
