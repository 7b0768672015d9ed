namespace Exports.Pipeline;

/// <summary>What a sink reports of failures that it deals with itself by trying again. Thread-safe.</summary>
internal sealed class SinkRetries
{
    private long _count;
    private volatile Exception? _last;

    /// <summary>How many there were.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The last one.</summary>
    public Exception? Last => _last;

    /// <summary>Something failed and is tried again.</summary>
    public void Add(Exception error)
    {
        _last = error;
        Interlocked.Increment(ref _count);
    }
}
