using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>How storing a task's offsets went, since the worker started. Written by one caller at a time, read by any thread.</summary>
public sealed class OffsetCommits(TimeProvider time)
{
    private long _succeeded;
    private long _failed;
    private long _skipped;

    /// <summary>How long they took, in milliseconds.</summary>
    public SampledStatistic Time { get; } = new(time);

    /// <summary>Those that stored something.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Those that failed.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Those that had nothing to store.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>The number of the last one.</summary>
    public long SequenceNumber => Succeeded + Failed + Skipped;

    /// <summary>Offsets were stored.</summary>
    public void Succeed(TimeSpan took)
    {
        Time.Record(took.TotalMilliseconds);
        Volatile.Write(ref _succeeded, _succeeded + 1);
    }

    /// <summary>Offsets could not be stored.</summary>
    public void Fail(TimeSpan took)
    {
        Time.Record(took.TotalMilliseconds);
        Volatile.Write(ref _failed, _failed + 1);
    }

    /// <summary>There was nothing to store.</summary>
    public void Skip() => Volatile.Write(ref _skipped, _skipped + 1);
}
