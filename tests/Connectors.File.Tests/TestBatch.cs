using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.File.Tests;

internal sealed class TestBatch(params SinkRecord[] records) : SinkBatch
{
    public override ReadOnlySpan<SinkRecord> Records => records;

    public override long Bytes
        => records.Sum(record => record.Value.Kind == ConnectValueKind.Bytes ? record.Value.Bytes.Length : 0L);

    public static TestBatch Of(params string[] values)
        => new([.. values.Select(value => Record(ConnectValue.FromBytes(Encoding.UTF8.GetBytes(value))))]);

    public static SinkRecord Record(ConnectValue value) => new() { Topic = "t", Partition = 0, Offset = 0, Value = value };
}
