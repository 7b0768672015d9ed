namespace Exports.Observation;

/// <summary>How often something was started, since the worker started. Thread-safe.</summary>
public sealed class StartCounts
{
    private long _attempts;
    private long _successes;
    private long _failures;

    /// <summary>Attempts.</summary>
    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>Those that succeeded.</summary>
    public long Successes => Volatile.Read(ref _successes);

    /// <summary>Those that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>An attempt has begun.</summary>
    public void Attempt() => Interlocked.Increment(ref _attempts);

    /// <summary>An attempt has ended.</summary>
    public void End(bool succeeded) => Interlocked.Increment(ref succeeded ? ref _successes : ref _failures);
}
