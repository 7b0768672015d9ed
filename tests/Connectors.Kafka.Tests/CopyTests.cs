using System.Text;
using Exports.Connectors.Sdk;
using Exports.Kafka.Client;

namespace Exports.Connectors.Kafka.Tests;

public sealed class CopyTests
{
    [Fact]
    public async Task Records_keep_partition_order_key_value_timestamp_and_headers()
    {
        using var kafka = EmbeddedKafka.Start(2, ("orders", 3));
        await using var sink = await Sink.StartAsync(kafka);
        var puts = new List<Task>();
        for (var b = 0; b < 10; b++)
        {
            var records = from i in Enumerable.Range(b * 100, 100)
                          from p in Enumerable.Range(0, 3)
                          select Batch.Record("orders", p, i, key: $"k{i}") with { Headers = Headers(i) };
            puts.Add(sink.PutAsync(new Batch([.. records])));
        }

        await Task.WhenAll(puts);

        var found = Target.Read(kafka, "orders", 3, 3000);
        Assert.Equal(3000, found.Count);
        for (var p = 0; p < 3; p++)
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), Target.Offsets(found, p));
        foreach (var record in found)
        {
            Assert.Equal($"k{record.Value}", record.Key);
            Assert.Equal(1_700_000_000_000 + long.Parse(record.Value!), record.Timestamp);
            Assert.Equal(
                [("trace", record.Value), ("empty", ""), ("none", null), ("trace", "again"), ("größe", "[1,2]"), ("n", "17")],
                record.Headers);
        }

        static Header[] Headers(int i) =>
        [
            new("trace", ConnectValue.FromBytes(Encoding.UTF8.GetBytes(i.ToString()))),
            new("empty", ConnectValue.FromBytes(Array.Empty<byte>())),
            new("none", ConnectValue.Null),
            new("trace", ConnectValue.From("again")),
            new("größe", ConnectValue.From(new List<object?> { 1, 2 })),
            new("n", ConnectValue.From((sbyte)17)),
        ];
    }

    [Fact]
    public async Task Absent_and_empty_keys_and_values_stay_what_they_are()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka);
        var nothing = Batch.Record("orders", 0, 0) with { Value = ConnectValue.Null };
        var empty = Batch.Record("orders", 0, 1, key: "", value: "");
        var text = Batch.Record("orders", 0, 2) with { Key = ConnectValue.From("ключ"), Value = ConnectValue.From("値") };

        await sink.PutAsync(new Batch(nothing, empty, text));

        Assert.Equal(
            [(null, null), ("", ""), ("ключ", "値")],
            Target.Read(kafka, "orders", 1, 3).Select(f => (f.Key, f.Value)));
    }

    [Theory]
    [InlineData("target.topic", "all", "all")]
    [InlineData("target.topic.prefix", "copy.", "copy.orders")]
    public async Task The_targets_topic_is_fixed_or_prefixed(string key, string value, string topic)
    {
        using var kafka = EmbeddedKafka.Start(1, (topic, 1));
        await using var sink = await Sink.StartAsync(kafka, (key, value));

        await sink.PutAsync(Batch.Of("orders", 0, 0, 3));

        Assert.Equal([0, 1, 2], Target.Offsets(Target.Read(kafka, topic, 1, 3), 0));
    }

    [Fact]
    public async Task Headers_and_timestamps_are_left_out_when_asked()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.headers", "false"), ("target.timestamps", "now"));
        var record = Batch.Record("orders", 0, 0) with { Headers = [new("h", ConnectValue.From("x"))] };
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        await sink.PutAsync(new Batch(record));

        var found = Assert.Single(Target.Read(kafka, "orders", 1, 1));
        Assert.Empty(found.Headers);
        Assert.InRange(found.Timestamp, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Assert.False(sink.Task.ReadsHeaders);
    }

    /// <summary>What murmur2 with Kafka's seed gives for a key, as a signed number.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public async Task Keys_choose_the_partition_that_java_producers_choose(string key, int hash)
    {
        const int partitions = 7;
        using var kafka = EmbeddedKafka.Start(1, ("orders", partitions));
        await using var sink = await Sink.StartAsync(kafka, ("target.partitioner", "key"));

        await sink.PutAsync(new Batch(Batch.Record("orders", 40, 0, key)));

        Assert.Equal((hash & 0x7fffffff) % partitions, Assert.Single(Target.Read(kafka, "orders", partitions, 1)).Partition);
    }

    [Fact]
    public async Task Records_without_key_arrive_wherever()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 4));
        await using var sink = await Sink.StartAsync(kafka, ("target.partitioner", "key"));

        await sink.PutAsync(Batch.Of("orders", 9, 0, 500));

        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => (long)i),
            Target.Read(kafka, "orders", 4, 500).Select(f => long.Parse(f.Value!)).Order());
    }

    [Fact]
    public async Task Structured_data_is_refused_unless_it_is_to_become_json()
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        var map = ConnectValue.From(new Dictionary<string, object?> { ["a"] = 1L, ["b"] = "x" });
        var batch = new Batch(
            Batch.Record("orders", 0, 0), Batch.Record("orders", 0, 1) with { Value = map }, Batch.Record("orders", 0, 2));
        await using (var sink = await Sink.StartAsync(kafka))
        {
            var e = await Assert.ThrowsAsync<RecordsFailedException>(() => sink.PutAsync(batch));

            var failure = Assert.Single(e.Failures);
            Assert.Equal((1, false), (failure.Index, failure.CanRetry));
            Assert.IsType<DataException>(failure.Error);
            Assert.Contains("target.value.format=json", failure.Error.Message, StringComparison.Ordinal);
        }

        await using (var sink = await Sink.StartAsync(kafka, ("target.value.format", "json")))
            await sink.PutAsync(batch);

        Assert.Equal(
            ["0", "2", "0", "{\"a\":1,\"b\":\"x\"}", "2"], Target.Read(kafka, "orders", 1, 5).Select(f => f.Value));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Every_compression_is_read_back(string compression)
    {
        using var kafka = EmbeddedKafka.Start(1, ("orders", 1));
        await using var sink = await Sink.StartAsync(kafka, ("target.compression.type", compression));

        await sink.PutAsync(Batch.Of("orders", 0, 0, 1000));

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), Target.Offsets(Target.Read(kafka, "orders", 1, 1000), 0));
    }
}
