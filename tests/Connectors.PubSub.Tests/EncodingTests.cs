using System.Text;
using Exports.Connectors.Sdk;
using Google.Protobuf;
using Wire = Exports.Connectors.PubSub.Tests.Wire;

namespace Exports.Connectors.PubSub.Tests;

public sealed class EncodingTests
{
    private static readonly Schema s_view = new(SchemaType.Struct, fields:
    [
        ("cps_message_body", new(SchemaType.Int64)),
        ("user", Schema.OptionalString),
        ("seconds", new(SchemaType.Float64)),
        ("live", new(SchemaType.Boolean)),
        ("tags", new(SchemaType.Array, valueSchema: new(SchemaType.String))),
        ("hash", new(SchemaType.Bytes)),
    ]);

    [Fact]
    public void Text_and_bytes_pass_untouched_and_the_key_becomes_an_attribute()
    {
        var message = Encode(Batch.Record("""{"a":1}""", "u1"));

        Assert.Equal("""{"a":1}""", message.Data.ToStringUtf8());
        Assert.Equal("u1", message.Attributes["key"]);
        Assert.Single(message.Attributes);
        Assert.Empty(message.OrderingKey);
        byte[] bytes = [0, 255, 1];
        Assert.Equal(bytes, Encode(Batch.Record(ConnectValue.FromBytes(bytes))).Data.ToByteArray());
    }

    [Fact]
    public void A_value_is_not_copied_until_it_is_sent()
    {
        var value = Encoding.UTF8.GetBytes("value");
        var record = Batch.Record(ConnectValue.FromBytes(value));

        new MessageEncoder(Configs.Parse()).Encode(ref record);
        value[0] = (byte)'V';

        Assert.Equal("Value", Encoding.UTF8.GetString(record.Value.Bytes.Span));
    }

    [Theory]
    [InlineData((sbyte)-2, SchemaType.Int8, "FE")]
    [InlineData((short)258, SchemaType.Int16, "0102")]
    [InlineData(16909060, SchemaType.Int32, "01020304")]
    [InlineData(-1L, SchemaType.Int64, "FFFFFFFFFFFFFFFF")]
    [InlineData(1f, SchemaType.Float32, "3F800000")]
    [InlineData(1d, SchemaType.Float64, "3FF0000000000000")]
    [InlineData(true, SchemaType.Boolean, "01")]
    [InlineData(false, SchemaType.Boolean, "00")]
    public void Numbers_with_a_schema_are_big_endian_as_in_the_original(object value, SchemaType type, string expected)
        => Assert.Equal(expected, Convert.ToHexString(Encode(Batch.Record(ConnectValue.From(value, new(type)))).Data.Span));

    [Theory]
    [InlineData(5L, "5")]
    [InlineData(true, "true")]
    [InlineData(1.5, "1.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData("plain", "plain")]
    public void Values_without_a_schema_are_text_as_in_the_original(object value, string expected)
        => Assert.Equal(expected, Encode(Batch.Record(ConnectValue.From(value))).Data.ToStringUtf8());

    [Fact]
    public void Maps_and_lists_without_a_schema_are_JSON_where_the_original_prints_Java()
    {
        var value = new Dictionary<string, object?> { ["a"] = 1L, ["b"] = new List<object?> { "x", null } };

        var message = Encode(Batch.Record(ConnectValue.From(value)));

        Assert.Equal("""{"a":1,"b":["x",null]}""", message.Data.ToStringUtf8());
        Assert.Empty(message.Attributes);
    }

    [Fact]
    public void Text_without_a_schema_is_quoted_where_the_body_is_to_be_JSON()
        => Assert.Equal(
            "\"plain\"", Encode(Batch.Record(ConnectValue.From("plain")), ("request.body.format", "JSON")).Data.ToStringUtf8());

    [Fact]
    public void Fields_of_a_struct_become_attributes_and_one_of_them_the_data()
    {
        var value = new Struct(s_view)
        {
            ["cps_message_body"] = 1L,
            ["seconds"] = 2.0,
            ["live"] = true,
            ["tags"] = new List<object?> { "a", "b" },
            ["hash"] = new byte[] { 255 },
        };

        var message = Encode(Batch.Record(ConnectValue.From(value, s_view), Batch.Utf8("k")));

        Assert.Equal("0000000000000001", Convert.ToHexString(message.Data.Span));
        Assert.Equal(
            [("hash", "/w=="), ("key", "k"), ("live", "true"), ("seconds", "2.0"), ("tags", """["a","b"]""")],
            message.Attributes.Select(a => (a.Key, a.Value)).Order());
    }

    [Fact]
    public void The_field_that_becomes_the_data_can_be_chosen()
    {
        var value = new Struct(s_view)
        {
            ["cps_message_body"] = 1L,
            ["user"] = "Änne",
            ["seconds"] = 0.5,
            ["live"] = false,
            ["tags"] = Array.Empty<object>(),
            ["hash"] = Array.Empty<byte>(),
        };

        var message = Encode(Batch.Record(ConnectValue.From(value, s_view)), ("messageBodyName", "user"));

        Assert.Equal("Änne", message.Data.ToStringUtf8());
        Assert.Equal("1", message.Attributes["cps_message_body"]);
    }

    [Fact]
    public void Entries_of_a_map_with_a_schema_become_attributes_and_one_of_them_the_data()
    {
        var schema = new Schema(SchemaType.Map, keySchema: new(SchemaType.String), valueSchema: new(SchemaType.Int32, optional: true));
        var value = new Dictionary<string, object?> { ["a"] = 1, ["none"] = null, ["cps_message_body"] = 7 };

        var message = Encode(Batch.Record(ConnectValue.From(value, schema)));

        Assert.Equal("7", message.Data.ToStringUtf8());
        Assert.Equal([("a", "1")], message.Attributes.Select(a => (a.Key, a.Value)));
    }

    [Fact]
    public void A_nested_struct_and_a_missing_required_field_are_refused()
    {
        var nested = new Schema(SchemaType.Struct, fields: [("inner", new(SchemaType.Struct, fields: []))]);

        Assert.Contains("'inner'", Refused(Batch.Record(ConnectValue.From(new Struct(nested), nested))), StringComparison.Ordinal);
        Assert.Contains(
            "'cps_message_body'", Refused(Batch.Record(ConnectValue.From(new Struct(s_view), s_view))), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_become_attributes_in_the_originals_names()
    {
        var message = Encode(Batch.Record("v"), ("metadata.publish", "true"));

        Assert.Equal(
            [("kafka.offset", "42"), ("kafka.partition", "3"), ("kafka.timestamp", "1700000000000"), ("kafka.topic", "orders")],
            message.Attributes.Select(a => (a.Key, a.Value)).Order());
        var without = Batch.Record("v") with { TimestampType = TimestampType.None, Timestamp = -1 };
        Assert.DoesNotContain("kafka.timestamp", Encode(without, ("metadata.publish", "true")).Attributes.Keys);
    }

    [Fact]
    public void Headers_become_attributes_only_when_asked_for_and_the_last_of_a_name_wins()
    {
        Header[] headers = [new("h", Batch.Utf8("1")), new("n", ConnectValue.From(5L)), new("h", Batch.Utf8("2")), new("z", default)];

        Assert.Empty(Encode(Batch.Record("v", null, headers)).Attributes);
        Assert.Equal(
            [("h", "2"), ("n", "5"), ("z", "")],
            Encode(Batch.Record("v", null, headers), ("headers.publish", "true")).Attributes.Select(a => (a.Key, a.Value)).Order());
    }

    [Theory]
    [InlineData("", "v")]
    [InlineData("googclient", "v")]
    [InlineData("[257]", "v")]
    [InlineData("h", "[1025]")]
    public void A_header_that_no_attribute_can_hold_fails_its_record_or_is_left_out_and_counted(string name, string value)
    {
        var header = new Header(Sized(name), Batch.Utf8(Sized(value)));
        var record = Batch.Record("v", null, header, new Header("fits", Batch.Utf8("w")));

        Assert.Contains("headers.unfit=skip", Refused(record, ("headers.publish", "true")), StringComparison.Ordinal);
        Assert.Equal(
            [("fits", "w"), ("kafka.headers.skipped", "1")],
            Encode(record, ("headers.publish", "true"), ("headers.unfit", "skip")).Attributes.Select(a => (a.Key, a.Value)).Order());
    }

    [Fact]
    public void A_hundred_attributes_fit_and_one_more_does_not()
    {
        var headers = Enumerable.Range(0, 101).Select(i => new Header($"h{i}", Batch.Utf8("v"))).ToArray();

        Assert.Equal(100, Encode(Batch.Record("v", null, headers[..100]), ("headers.publish", "true")).Attributes.Count);
        Assert.Contains("100", Refused(Batch.Record("v", null, headers), ("headers.publish", "true")), StringComparison.Ordinal);
        var skipped = Encode(Batch.Record("v", null, headers), ("headers.publish", "true"), ("headers.unfit", "skip"));
        Assert.Equal(100, skipped.Attributes.Count);
        Assert.Equal("2", skipped.Attributes["kafka.headers.skipped"]);
    }

    [Fact]
    public void Names_and_values_as_long_as_is_allowed_fit()
    {
        var header = new Header(Sized("[256]"), Batch.Utf8(Sized("[1024]")));

        var message = Encode(Batch.Record("v", Sized("[1024]"), header), ("headers.publish", "true"), ("orderingKeySource", "key"));

        Assert.Equal(1024, message.Attributes[header.Key].Length);
        Assert.Equal(1024, message.OrderingKey.Length);
    }

    [Fact]
    public void Ordering_keys_are_the_key_or_the_partition()
    {
        Assert.Equal("u1", Encode(Batch.Record("v", "u1"), ("orderingKeySource", "key")).OrderingKey);
        Assert.Equal("3", Encode(Batch.Record("v", "u1"), ("orderingKeySource", "partition")).OrderingKey);
        Assert.Equal("", Encode(Batch.Record("v"), ("orderingKeySource", "key")).OrderingKey);
        Assert.Equal("", Encode(Batch.Record("v", ""), ("orderingKeySource", "key")).OrderingKey);
    }

    [Fact]
    public void Records_are_kept_in_order_by_their_ordering_keys()
    {
        Assert.Null(Item(Batch.Record("v", "a")).Key);
        Assert.Null(Item(Batch.Record("v"), ("orderingKeySource", "key")).Key);
        var a = Item(Batch.Record("v", "a"), ("orderingKeySource", "key")).Key;
        Assert.NotNull(a);
        Assert.Equal(a, Item(Batch.Record("w", "a"), ("orderingKeySource", "key")).Key);
        Assert.NotEqual(a, Item(Batch.Record("v", "b"), ("orderingKeySource", "key")).Key);
        Assert.NotNull(Item(Batch.Record("v"), ("orderingKeySource", "partition")).Key);
    }

    [Fact]
    public void Keys_that_are_not_text_are_written_as_text()
    {
        Assert.Equal("/wA=", Encode(Batch.Record(Batch.Utf8("v"), ConnectValue.FromBytes(new byte[] { 255, 0 }))).Attributes["key"]);
        Assert.Equal("text", Encode(Batch.Record(Batch.Utf8("v"), ConnectValue.FromBytes("text"u8.ToArray()))).Attributes["key"]);
        Assert.Equal("\ufffd", Encode(Batch.Record(Batch.Utf8("v"), ConnectValue.FromUtf8(new byte[] { 255 }))).Attributes["key"]);
        Assert.Equal("7", Encode(Batch.Record(Batch.Utf8("v"), ConnectValue.From(7, new(SchemaType.Int32)))).Attributes["key"]);
    }

    [Fact]
    public void A_tombstone_is_a_message_with_its_key_alone()
    {
        var message = Encode(Batch.Record(ConnectValue.Null, Batch.Utf8("k")));

        Assert.Empty(message.Data);
        Assert.Equal("k", message.Attributes["key"]);
    }

    [Fact]
    public void A_record_without_key_and_value_is_refused()
    {
        Assert.Contains("neither a key nor a value", Refused(Batch.Record(ConnectValue.Null)), StringComparison.Ordinal);
        Assert.Contains("neither a key nor a value", Refused(Batch.Record("")), StringComparison.Ordinal);
        Assert.Equal(4, Encode(Batch.Record(ConnectValue.Null), ("metadata.publish", "true")).Attributes.Count);
    }

    [Fact]
    public void A_key_that_no_attribute_can_hold_is_refused_without_being_shown()
    {
        var message = Refused(Batch.Record("v", Sized("[1025]")));

        Assert.Contains("1025", message, StringComparison.Ordinal);
        Assert.DoesNotContain("xxx", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(2_097_151)]
    [InlineData(2_097_152)]
    public void The_size_that_is_counted_is_the_size_on_the_wire(int bytes)
    {
        var record = Batch.Record(
            ConnectValue.FromBytes(new byte[bytes]), Batch.Utf8("k"), new Header("h", Batch.Utf8(Sized("[130]"))));
        var encoder = new MessageEncoder(Configs.Parse(("headers.publish", "true"), ("orderingKeySource", "key")));

        var item = encoder.Encode(ref record);

        var request = new Wire.PublishRequest { Topic = "projects/my-project/topics/views" };
        var topicSize = request.CalculateSize();
        Assert.Equal(topicSize, encoder.TopicField.Length);
        request.Messages.Add(Wires.Parse(encoder, record).Messages.Single());
        Assert.Equal(request.CalculateSize() - topicSize, item.Bytes);
        Assert.Equal(item.Bytes + topicSize, PublishCall.For(encoder.TopicField, new Batch(record)).Size);
    }

    [Fact]
    public void A_message_as_large_as_is_allowed_fits_and_a_byte_more_does_not()
    {
        // The request's other fields: the topic's, the tag and length of message and data.
        const int Others = 34 + 5 + 5;

        Assert.Equal(10_000_000 - 34, Item(Batch.Record(ConnectValue.FromBytes(new byte[10_000_000 - Others]))).Bytes);
        Assert.Contains(
            "10000000", Refused(Batch.Record(ConnectValue.FromBytes(new byte[10_000_001 - Others]))), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_bytes_cost_no_objects()
    {
        var encoder = new MessageEncoder(Configs.Parse(("metadata.publish", "true"), ("orderingKeySource", "key")));
        var record = Batch.Record(ConnectValue.FromBytes(new byte[500]), Batch.Utf8("user-1"));
        Encode(10_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Encode(10_000);
        var perRecord = (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0;

        // What is left are the attributes themselves, 132 bytes, in shared blocks.
        Assert.InRange(perRecord, 0, 150);

        void Encode(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var copy = record;
                encoder.Encode(ref copy);
            }
        }
    }

    private static string Sized(string text) => text.StartsWith('[') ? new string('x', int.Parse(text[1..^1])) : text;

    private static Wire.PubsubMessage Encode(SinkRecord record, params (string Key, string Value)[] config)
    {
        var encoder = new MessageEncoder(Configs.Parse(config));
        encoder.Encode(ref record);
        return Wires.Parse(encoder, record).Messages.Single();
    }

    private static RequestItem Item(SinkRecord record, params (string Key, string Value)[] config)
        => new MessageEncoder(Configs.Parse(config)).Encode(ref record);

    private static string Refused(SinkRecord record, params (string Key, string Value)[] config)
        => Assert.Throws<DataException>(() => new MessageEncoder(Configs.Parse(config)).Encode(ref record)).Message;
}
