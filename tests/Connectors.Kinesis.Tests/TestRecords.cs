using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>Records as converters give them, and batches of them.</summary>
internal sealed class TestBatch(params SinkRecord[] records) : SinkBatch
{
    public override ReadOnlySpan<SinkRecord> Records => records;

    public override long Bytes => 0;
}

internal static class TestRecords
{
    public static SinkRecord Record(string? key, string? value, int partition = 0, long offset = 0)
        => Record(Utf8(key), Bytes(value), partition, offset);

    public static SinkRecord Record(ConnectValue key, ConnectValue value, int partition = 0, long offset = 0) => new()
    {
        Topic = "orders",
        Partition = partition,
        Offset = offset,
        Key = key,
        Value = value,
    };

    public static ConnectValue Utf8(string? text)
        => text is null ? ConnectValue.Null : ConnectValue.FromUtf8(Encoding.UTF8.GetBytes(text));

    public static ConnectValue Bytes(string? text)
        => text is null ? ConnectValue.Null : ConnectValue.FromBytes(Encoding.UTF8.GetBytes(text));
}
