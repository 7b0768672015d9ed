using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>A batch of given records.</summary>
internal sealed class Batch(params SinkRecord[] records) : SinkBatch
{
    public override ReadOnlySpan<SinkRecord> Records => records;

    public override long Bytes => 0;

    /// <summary>Records 'first', 'first + 1', … of one partition, with their offsets as values.</summary>
    public static Batch Of(string topic, int partition, long first, int count)
        => new([.. Enumerable.Range(0, count).Select(i => Record(topic, partition, first + i))]);

    /// <summary>A record with its offset as value.</summary>
    public static SinkRecord Record(string topic, int partition, long offset, string? key = null, string? value = null) => new()
    {
        Topic = topic,
        Partition = partition,
        Offset = offset,
        Timestamp = 1_700_000_000_000 + offset,
        TimestampType = TimestampType.CreateTime,
        Key = key is null ? ConnectValue.Null : ConnectValue.FromBytes(Encoding.UTF8.GetBytes(key)),
        Value = ConnectValue.FromBytes(Encoding.UTF8.GetBytes(value ?? offset.ToString())),
    };
}
