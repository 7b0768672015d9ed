using System.IO.Compression;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http.Tests;

/// <summary>What arrives.</summary>
public sealed class BodyTests
{
    private static readonly SinkRecord s_structured = Batch.Record(null) with
    {
        Value = ConnectValue.From(new Dictionary<string, object?> { ["n"] = 1L, ["s"] = "\n" }),
    };

    [Fact]
    public async Task A_json_body_is_an_array_of_the_values_untouched_with_null_for_tombstones()
    {
        var body = await BodyAsync([], Batch.Record("{\"a\" : 1}"), Batch.Record(null), Batch.Record("\"x\""), s_structured);

        Assert.Equal("""[{"a" : 1},null,"x",{"n":1,"s":"\n"}]""", body);
    }

    [Fact]
    public async Task An_ndjson_body_has_one_value_a_line_though_values_have_line_feeds()
    {
        var body = await BodyAsync([("http.body.format", "ndjson")], Batch.Record("{\r\n\"a\": \"\\n\"\n}"), Batch.Record(null), s_structured);

        Assert.Equal("{  \"a\": \"\\n\" }\nnull\n{\"n\":1,\"s\":\"\\n\"}\n", body);
    }

    [Fact]
    public async Task A_raw_body_is_the_bytes_of_one_value_and_empty_for_a_tombstone()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new Sender(receiver.Url, ("http.body.format", "raw"));
        var bytes = new byte[] { 0, 255, 10 };

        await sender.SendAsync(Batch.Record(null) with { Value = ConnectValue.FromBytes(bytes) });
        await sender.SendAsync(Batch.Record(null));

        Assert.Equal([bytes, []], receiver.Requests.Select(r => r.Body));
        Assert.All(receiver.Requests, r => Assert.Equal("application/octet-stream", r.Headers["Content-Type"]));
        Assert.Equal(1, sender.Config.MaxRecords);
    }

    [Fact]
    public async Task Values_of_a_raw_body_have_text_around_and_between_them()
    {
        var body = await BodyAsync(
            [
                ("http.body.format", "raw"), ("batch.max.size", "10"), ("batch.prefix", @"<\s"), ("batch.separator", @"\t\\"),
                ("batch.suffix", @"\r\n"),
            ],
            Batch.Record("a"), Batch.Record("b"), s_structured);

        Assert.Equal("< a\t\\b\t\\{\"n\":1,\"s\":\"\\n\"}\r\n", body);
    }

    [Fact]
    public async Task Values_of_a_raw_body_are_separated_by_line_feeds_unless_the_configuration_says_otherwise()
        => Assert.Equal("a\nb", await BodyAsync([("http.body.format", "raw"), ("batch.max.size", "2")], Batch.Record("a"), Batch.Record("b")));

    [Theory]
    [InlineData("string", "[\"a\\\"\"]")]
    [InlineData("base64", "[\"YSI=\"]")]
    public async Task Bytes_become_JSON_strings_where_that_is_asked_for(string form, string expected)
        => Assert.Equal(expected, await BodyAsync([("http.body.values", form)], Batch.Record("a\"")));

    [Fact]
    public async Task An_envelope_says_where_a_record_comes_from()
    {
        var body = await BodyAsync(
            [("http.body.envelope", "true")],
            Batch.Record("{\"a\":1}", offset: 5, partition: 3, topic: "views", key: "k", new Header("h", ConnectValue.From("v"))),
            Batch.Record(null, offset: 6) with { Timestamp = -1 });

        Assert.Equal(
            """[{"topic":"views","partition":3,"offset":5,"timestamp":1700000000005,"key":"k","headers":[{"key":"h","value":"v"}],"value":{"a":1}},"""
            + """{"topic":"t","partition":0,"offset":6,"timestamp":null,"key":null,"headers":[],"value":null}]""",
            body);
    }

    [Fact]
    public async Task Gzip_compresses_the_body_and_says_so()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new Sender(receiver.Url, ("http.compression", "gzip"));
        var random = new Random(1);
        // What does not become smaller must fit as well.
        var values = Enumerable.Range(0, 200).Select(_ => $"\"{new string([.. Enumerable.Range(0, 5000).Select(_ => (char)random.Next('#', '[' + 1 - 1))])}\"").ToArray();

        await sender.SendAsync([.. values.Select(value => Batch.Record(value))]);

        var request = Assert.Single(receiver.Requests);
        Assert.Equal("gzip", request.Headers["Content-Encoding"]);
        using var plain = new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress);
        Assert.Equal($"[{string.Join(',', values)}]", await new StreamReader(plain).ReadToEndAsync());
    }

    [Theory]
    [InlineData("{\"a\":", "is not JSON from byte 5 of line 1")]
    [InlineData("1 2", "is not JSON from byte 2 of line 1")]
    [InlineData("hello", "is not JSON from byte 0")]
    [InlineData("", "is empty")]
    public void What_is_not_JSON_is_refused_with_the_ways_out(string value, string expected)
    {
        var encoder = Encoder();
        var record = Batch.Record(value, offset: 9, partition: 2);

        var error = Assert.Throws<DataException>(() => encoder.Prepare(ref record));

        Assert.Contains("t-2@9", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("http.body.values to string or base64", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("string")]
    public void What_is_not_UTF_8_is_refused_where_text_is_needed(string form)
    {
        var encoder = Encoder(("http.body.values", form));
        var record = Batch.Record("") with { Value = ConnectValue.FromBytes(new byte[] { (byte)'"', 0xC3, (byte)'"' }) };

        var error = Assert.Throws<DataException>(() => encoder.Prepare(ref record));

        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_is_refused_leaves_nothing_in_the_next_one()
    {
        var encoder = Encoder(("http.body.envelope", "true"));
        var refused = Batch.Record("1") with { Value = ConnectValue.From(new object()) };
        Assert.Throws<DataException>(() => encoder.Prepare(ref refused));
        var record = Batch.Record("1");

        encoder.Prepare(ref record);

        Assert.StartsWith("{\"topic\":\"t\"", Encoding.UTF8.GetString(record.Value.Bytes.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_encoded_stays_as_it_is_while_more_is_encoded()
    {
        var encoder = Encoder(("http.body.values", "string"));
        var records = Enumerable.Range(0, 500).Select(i => Batch.Record(new string((char)('a' + (i % 26)), i * 7), offset: i)).ToArray();

        foreach (ref var record in records.AsSpan())
            encoder.Prepare(ref record);

        Assert.All(records, r => Assert.Equal(
            $"\"{new string((char)('a' + (r.Offset % 26)), (int)r.Offset * 7)}\"", Encoding.UTF8.GetString(r.Value.Bytes.Span)));
    }

    [Fact]
    public void JSON_that_can_go_as_it_is_is_not_copied()
    {
        var encoder = Encoder();
        var bytes = Encoding.UTF8.GetBytes("{\"a\":1}");
        var record = Batch.Record("") with { Value = ConnectValue.FromBytes(bytes) };

        var item = encoder.Prepare(ref record);

        Assert.True(record.Value.Bytes.Equals(bytes));
        Assert.Equal(bytes.Length + 1, item.Bytes);
    }

    [Fact]
    public void Records_are_ordered_by_partition_by_key_or_not_at_all()
    {
        var first = Batch.Record("1", partition: 1, key: "a");
        var samePartition = Batch.Record("2", partition: 1, key: "b");
        var sameKey = Batch.Record("3", partition: 2, key: "a");
        var noKey = Batch.Record("4", partition: 1);
        var structuredKey = first with { Key = ConnectValue.From(new Dictionary<string, object?> { ["id"] = 1L }) };

        var byPartition = Encoder();
        Assert.Equal(Key(byPartition, first), Key(byPartition, samePartition));
        Assert.NotEqual(Key(byPartition, first), Key(byPartition, sameKey));
        var byKey = Encoder(("http.order", "key"));
        Assert.Equal(Key(byKey, first), Key(byKey, sameKey));
        Assert.NotEqual(Key(byKey, first), Key(byKey, samePartition));
        Assert.Equal(Key(byKey, structuredKey), Key(byKey, structuredKey));
        Assert.NotEqual(Key(byKey, structuredKey), Key(byKey, first));
        Assert.Null(Key(byKey, noKey));
        Assert.Null(Key(Encoder(("http.order", "none")), first));
    }

    private static long? Key(RecordEncoder encoder, SinkRecord record) => encoder.Prepare(ref record).Key;

    private static RecordEncoder Encoder(params (string, string)[] config)
        => new(HttpSinkConfig.Parse(Sender.Keys("http://localhost/", config)));

    private static async Task<string> BodyAsync((string, string)[] config, params SinkRecord[] records)
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new Sender(receiver.Url, config);
        await sender.SendAsync(records);
        return Assert.Single(receiver.Requests).Text;
    }
}
