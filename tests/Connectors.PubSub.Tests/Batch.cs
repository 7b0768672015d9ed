using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub.Tests;

/// <summary>A batch of given records.</summary>
internal sealed class Batch(params SinkRecord[] records) : SinkBatch
{
    public override ReadOnlySpan<SinkRecord> Records => records;

    public override long Bytes => 0;

    public static SinkRecord Record(ConnectValue value, ConnectValue key = default, params Header[] headers) => new()
    {
        Topic = "orders",
        Partition = 3,
        Offset = 42,
        Timestamp = 1_700_000_000_000,
        TimestampType = TimestampType.CreateTime,
        Key = key,
        Value = value,
        Headers = headers,
    };

    public static SinkRecord Record(string value, string? key = null, params Header[] headers)
        => Record(Utf8(value), key is null ? ConnectValue.Null : Utf8(key), headers);

    public static ConnectValue Utf8(string text) => ConnectValue.FromUtf8(Encoding.UTF8.GetBytes(text));
}
