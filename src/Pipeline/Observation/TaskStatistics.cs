using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>What a pipeline does, counted since its start. Written by the delivery loop, read by any thread at any time.</summary>
/// <remarks>Nothing is allocated for a record or a put.</remarks>
public sealed class TaskStatistics(TimeProvider time)
{
    private readonly long[] _retries = new long[ErrorCauses.Count];
    private long _recordsSent;
    private long _recordsMissed;
    private long _bytesDelivered;
    private long _puts;
    private double _putSeconds;
    private int _recordsInFlight;
    private long _bytesInFlight;
    private volatile Failure? _lastFailure;

    /// <summary>How long puts took, in milliseconds.</summary>
    public SampledStatistic PutTime { get; } = new(time);

    /// <summary>How many records puts had.</summary>
    public SampledStatistic BatchSize { get; } = new(time);

    /// <summary>From the records' timestamps to their acknowledgement.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Records that came out of the transforms and were handed to the sink, each counted once.</summary>
    public long RecordsSent => Volatile.Read(ref _recordsSent);

    /// <summary>Records that Kafka had removed, as retention does, before they were read.</summary>
    public long RecordsMissed => Volatile.Read(ref _recordsMissed);

    /// <summary>Bytes of keys and values, as they were read from Kafka, that the destination has accepted.</summary>
    public long BytesDelivered => Volatile.Read(ref _bytesDelivered);

    /// <summary>Puts that have ended, well or badly.</summary>
    public long Puts => Volatile.Read(ref _puts);

    /// <summary>How long they took in all.</summary>
    public double PutSeconds => Volatile.Read(ref _putSeconds);

    /// <summary>Records that the sink has and has not acknowledged.</summary>
    public int RecordsInFlight => Volatile.Read(ref _recordsInFlight);

    /// <inheritdoc cref="RecordsInFlight"/>
    public long BytesInFlight => Volatile.Read(ref _bytesInFlight);

    /// <summary>The last failure of a put or a conversion; null when there was none.</summary>
    public Failure? LastFailure => _lastFailure;

    /// <summary>How often something was tried again.</summary>
    public long Retries()
    {
        var sum = 0L;
        for (var i = 0; i < _retries.Length; i++)
            sum += Volatile.Read(ref _retries[i]);
        return sum;
    }

    /// <summary>How often something was tried again because of a cause.</summary>
    public long Retries(ErrorCause cause) => Volatile.Read(ref _retries[(int)cause]);

    /// <summary>Something failed. Thread-safe.</summary>
    internal void Failed(Exception error) => _lastFailure = new(ErrorCauses.Of(error), error.Message, time.GetUtcNow());

    /// <summary>Something failed, and is tried again. Thread-safe.</summary>
    internal void Retried(Exception error)
    {
        var failure = new Failure(ErrorCauses.Of(error), error.Message, time.GetUtcNow());
        _lastFailure = failure;
        Interlocked.Increment(ref _retries[(int)failure.Cause]);
    }

    /// <summary>Kafka has removed records before they were read. Thread-safe.</summary>
    internal void Missed(long records) => Interlocked.Add(ref _recordsMissed, records);

    /// <summary>Records have been made ready for the sink.</summary>
    internal void Sent(int records) => Volatile.Write(ref _recordsSent, _recordsSent + records);

    /// <summary>A put was begun.</summary>
    internal void Begun(int records, long bytes)
    {
        Volatile.Write(ref _recordsInFlight, _recordsInFlight + records);
        Volatile.Write(ref _bytesInFlight, _bytesInFlight + bytes);
    }

    /// <summary>A put has ended.</summary>
    internal void Ended(int records, long bytes, TimeSpan took)
    {
        Volatile.Write(ref _recordsInFlight, _recordsInFlight - records);
        Volatile.Write(ref _bytesInFlight, _bytesInFlight - bytes);
        Volatile.Write(ref _puts, _puts + 1);
        Volatile.Write(ref _putSeconds, _putSeconds + took.TotalSeconds);
        PutTime.Record(took.TotalMilliseconds);
        BatchSize.Record(records);
    }

    /// <summary>The destination has accepted records.</summary>
    internal void Delivered(ReadOnlySpan<SinkRecord> records, long bytes, DateTimeOffset now)
    {
        Volatile.Write(ref _bytesDelivered, _bytesDelivered + bytes);
        Latency.Record(records, now.ToUnixTimeMilliseconds());
    }

    /// <summary>What failed last.</summary>
    /// <param name="Cause">Whose business it is.</param>
    /// <param name="Message">In words; may hold secrets.</param>
    /// <param name="At">When.</param>
    public sealed record Failure(ErrorCause Cause, string Message, DateTimeOffset At);
}
