using System.Globalization;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class PutRecordsBodyTests
{
    [Theory]
    [InlineData("customer-7")]
    [InlineData("quote \" and backslash \\")]
    [InlineData("tab \t, feed \n, nothing \0, bell \a")]
    [InlineData("ä€😀")]
    public void A_partition_key_arrives_as_it_was(string key)
    {
        var (name, records) = Write(partitionAsHashKey: false, TestRecords.Record(key, "v"));

        Assert.Equal("events", name);
        Assert.Equal(key, Assert.Single(records).GetProperty("PartitionKey").GetString());
        Assert.False(records[0].TryGetProperty("ExplicitHashKey", out _));
    }

    [Fact]
    public void Data_of_any_length_and_content_arrives_as_it_was()
    {
        var all = new byte[1000];
        for (var i = 0; i < all.Length; i++)
            all[i] = (byte)(i * 31);
        SinkRecord[] sent = [.. Enumerable.Range(0, 300).Select(
            length => TestRecords.Record(TestRecords.Utf8("k"), ConnectValue.FromBytes(all.AsMemory(0, length))))];

        var (_, records) = Write(partitionAsHashKey: false, sent);

        Assert.Equal(300, records.Count);
        for (var i = 0; i < records.Count; i++)
            Assert.Equal(all[..i], records[i].GetProperty("Data").GetBytesFromBase64());
    }

    [Fact]
    public void A_tombstone_has_no_data()
    {
        var (_, records) = Write(partitionAsHashKey: false, TestRecords.Record("k", null));

        Assert.Equal("", records[0].GetProperty("Data").GetString());
    }

    [Fact]
    public void A_records_place_stands_in_for_its_key()
    {
        var (_, records) = Write(
            partitionAsHashKey: false,
            TestRecords.Record(null, "a", partition: 3, offset: 41),
            TestRecords.Record(null, "b", partition: int.MaxValue, offset: long.MaxValue));

        Assert.Equal("3-41", records[0].GetProperty("PartitionKey").GetString());
        Assert.Equal("2147483647-9223372036854775807", records[1].GetProperty("PartitionKey").GetString());
    }

    [Fact]
    public void The_partition_says_where_a_record_goes_when_it_should()
    {
        var (_, records) = Write(
            partitionAsHashKey: true,
            TestRecords.Record("k", "a", partition: 0),
            TestRecords.Record(null, "b", partition: int.MaxValue));

        Assert.Equal("0", records[0].GetProperty("ExplicitHashKey").GetString());
        Assert.Equal(
            HashKey.Of(int.MaxValue).ToString(CultureInfo.InvariantCulture), records[1].GetProperty("ExplicitHashKey").GetString());
    }

    [Fact]
    public void The_longest_of_everything_fits()
    {
        var key = new string('\u0001', 256);
        SinkRecord[] sent = [.. Enumerable.Repeat(TestRecords.Record(key, "", int.MaxValue, long.MaxValue), 500)];

        var (_, records) = Write(partitionAsHashKey: true, sent);

        Assert.All(records, record => Assert.Equal(key, record.GetProperty("PartitionKey").GetString()));
    }

    [Fact]
    public async Task A_body_that_a_connection_still_reads_goes_back_to_the_pool_later()
    {
        var body = PutRecordsBody.Write("events", [TestRecords.Record("k", "v")], partitionAsHashKey: false);
        var expected = Encoding.UTF8.GetString(body.Bytes.Span);
        using var slow = new SlowStream();
        var copy = body.CopyToAsync(slow);

        body.Dispose();
        // Whoever rents next must not get the same memory.
        var other = PutRecordsBody.Write("another", [TestRecords.Record("kkk", "vvv")], partitionAsHashKey: false);
        slow.Go();
        await copy;

        Assert.Equal(expected, slow.Text);
        other.Dispose();
    }

    private static (string Name, IReadOnlyList<JsonElement> Records) Write(bool partitionAsHashKey, params SinkRecord[] records)
    {
        using var body = PutRecordsBody.Write("events", records, partitionAsHashKey);
        using var document = JsonDocument.Parse(body.Bytes);
        return (document.RootElement.GetProperty("StreamName").GetString()!,
            [.. document.RootElement.GetProperty("Records").EnumerateArray().Select(record => record.Clone())]);
    }

    private sealed class SlowStream : MemoryStream
    {
        private readonly TaskCompletionSource _go = new();

        public string Text => Encoding.UTF8.GetString(ToArray());

        public void Go() => _go.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _go.Task;
            Write(buffer.Span);
        }
    }
}
