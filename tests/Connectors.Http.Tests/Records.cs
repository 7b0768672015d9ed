using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http.Tests;

/// <summary>Records and batches of them.</summary>
internal sealed class Batch(params SinkRecord[] records) : SinkBatch
{
    public override ReadOnlySpan<SinkRecord> Records => records;

    public override long Bytes => 0;

    /// <summary>A record whose value is bytes.</summary>
    public static SinkRecord Record(
        string? value, long offset = 0, int partition = 0, string topic = "t", string? key = null, params Header[] headers) => new()
        {
            Topic = topic,
            Partition = partition,
            Offset = offset,
            Timestamp = 1_700_000_000_000 + offset,
            TimestampType = TimestampType.CreateTime,
            Key = key is null ? ConnectValue.Null : ConnectValue.FromUtf8(Encoding.UTF8.GetBytes(key)),
            Value = value is null ? ConnectValue.Null : ConnectValue.FromBytes(Encoding.UTF8.GetBytes(value)),
            Headers = headers,
        };
}
