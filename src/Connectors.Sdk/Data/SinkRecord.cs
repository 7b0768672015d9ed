namespace Exports.Connectors.Sdk;

/// <summary>What a record's timestamp means.</summary>
public enum TimestampType : byte
{
    /// <summary>The record has no timestamp.</summary>
    None,

    /// <summary>Set by the producer.</summary>
    CreateTime,

    /// <summary>Set by the broker when it appended the record.</summary>
    LogAppendTime,
}

/// <summary>A record's header. The value is the header's data; names may occur more than once.</summary>
/// <param name="Key">The header's name.</param>
/// <param name="Value">The header's value.</param>
public readonly record struct Header(string Key, ConnectValue Value);

/// <summary>A record on its way from a Kafka topic to a destination. A value; copy it with <c>with</c> to change it.</summary>
public readonly struct SinkRecord
{
    private static readonly Header[] s_noHeaders = [];
    private readonly IReadOnlyList<Header>? _headers;
    private readonly string? _originalTopic;

    /// <summary>The topic; a transform may have changed it.</summary>
    public required string Topic { get; init; }

    /// <summary>The topic that the record was read from; what a transform changes is <see cref="Topic"/>.</summary>
    public string OriginalTopic
    {
        get => _originalTopic ?? Topic;
        init => _originalTopic = value;
    }

    /// <summary>The number of the Kafka partition that the record was read from.</summary>
    public required int Partition { get; init; }

    /// <summary>The record's offset in its partition.</summary>
    public required long Offset { get; init; }

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z, or −1 when there is none.</summary>
    public long Timestamp { get; init; }

    /// <summary>What <see cref="Timestamp"/> means.</summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>The key.</summary>
    public ConnectValue Key { get; init; }

    /// <summary>The value; null for a tombstone.</summary>
    public ConnectValue Value { get; init; }

    /// <summary>
    /// The headers in order; empty when there are none, or when the task does not read them
    /// (<see cref="SinkTask.ReadsHeaders"/>).
    /// </summary>
    public IReadOnlyList<Header> Headers
    {
        get => _headers ?? s_noHeaders;
        init => _headers = value.Count == 0 ? null : value;
    }
}

/// <summary>
/// Records that are handed to a sink together: in offset order within each partition, of one or several partitions.
/// The pipeline reuses the object and the memory behind it after <see cref="SinkTask.PutAsync"/> has completed.
/// </summary>
public abstract class SinkBatch
{
    /// <summary>The records.</summary>
    public abstract ReadOnlySpan<SinkRecord> Records { get; }

    /// <summary>The number of records; at least 1.</summary>
    public int Count => Records.Length;

    /// <summary>The size of the keys and values as they were read from Kafka, in bytes.</summary>
    public abstract long Bytes { get; }
}
