using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis.Tests;

public sealed class RecordEncoderTests
{
    private static readonly Schema s_point = new(
        SchemaType.Struct, fields: [("x", new Schema(SchemaType.Int32)), ("name", Schema.OptionalString)]);

    [Theory]
    [InlineData("customer-7", "customer-7")]
    [InlineData("  \tcustomer 7\r\n", "customer 7")]
    [InlineData("ä€😀", "ä€😀")]
    public void A_key_of_text_is_the_partition_key_without_space_around_it(string key, string expected)
    {
        Assert.Equal(expected, KeyOf(TestRecords.Utf8(key)));
        Assert.Equal(expected, KeyOf(TestRecords.Bytes(key)));
        Assert.Equal(expected, KeyOf(ConnectValue.From(key)));
    }

    [Fact]
    public void A_key_without_text_leaves_the_place_to_stand_in_and_has_no_order()
    {
        ConnectValue[] blank = [ConnectValue.Null, TestRecords.Utf8(""), TestRecords.Bytes(" \n "), ConnectValue.From(" ")];
        foreach (var key in blank)
        {
            var record = TestRecords.Record(key, TestRecords.Bytes("v"));
            var item = Encoder().Prepare(ref record);

            Assert.True(record.Key.IsNull);
            Assert.Null(item.Key);
        }
    }

    [Fact]
    public void A_key_of_bytes_that_are_no_text_becomes_base_64()
    {
        // The numbers 5, 32 and 9 as four bytes each are valid UTF-8 and, trimmed, hardly anything.
        foreach (var bytes in (byte[][])[[0xFF, 0xFE], [0, 0, 0, 5], [0, 0, 0, 32], [0, 0, 0, 9], [0x7F]])
        {
            var expected = Convert.ToBase64String(bytes);
            Assert.Equal(expected, KeyOf(ConnectValue.FromBytes(bytes)));
            Assert.Equal(expected, KeyOf(ConnectValue.From(bytes)));
        }

        Assert.Equal("//4=", KeyOf(ConnectValue.FromUtf8(new byte[] { 0xFF, 0xFE })));
    }

    [Fact]
    public void A_key_of_structured_data_becomes_JSON()
    {
        Assert.Equal("42", KeyOf(ConnectValue.From(42L)));
        Assert.Equal("true", KeyOf(ConnectValue.From(true)));
        Assert.Equal("""{"x":1,"name":"a"}""", KeyOf(Point(1, "a")));
    }

    [Fact]
    public void A_key_of_256_characters_is_taken_and_a_longer_one_refused()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 256));
        Assert.Equal(longest, KeyOf(TestRecords.Utf8(longest)));

        var error = Assert.Throws<DataException>(() => KeyOf(TestRecords.Utf8(longest + "x")));

        Assert.Contains("257", error.Message, StringComparison.Ordinal);
        Assert.Contains("256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_and_text_of_a_value_are_sent_as_they_are()
    {
        Assert.Equal(" v ", ValueOf(TestRecords.Bytes(" v ")));
        Assert.Equal(" v ", ValueOf(TestRecords.Utf8(" v ")));
        Assert.Equal(" v ", ValueOf(ConnectValue.From(" v ")));
        Assert.Equal(" v ", ValueOf(ConnectValue.From(" v "u8.ToArray())));
        Assert.Equal("", ValueOf(TestRecords.Bytes("")));
    }

    [Fact]
    public void A_structured_value_becomes_JSON_with_and_without_a_schema()
    {
        Assert.Equal("""{"x":1,"name":null}""", ValueOf(Point(1, null)));
        Assert.Equal(
            """{"a":[1,"ä",true]}""",
            ValueOf(ConnectValue.From(new Dictionary<string, object?> { ["a"] = new object?[] { 1L, "ä", true } })));
    }

    [Fact]
    public void A_value_that_is_null_stays_null()
    {
        var record = TestRecords.Record("k", null);
        var item = Encoder().Prepare(ref record);

        Assert.True(record.Value.IsNull);
        Assert.Equal(1, item.Bytes);
    }

    [Fact]
    public void A_record_weighs_its_data_and_its_partition_key()
    {
        var record = TestRecords.Record(" ä ", "12345");
        Assert.Equal(7, Encoder().Prepare(ref record).Bytes);
    }

    [Fact]
    public void A_record_above_the_limit_is_refused_with_the_key_that_sets_it()
    {
        var encoder = Encoder((KinesisKeys.MaxRecordBytes, "10"));
        var fits = TestRecords.Record("k", "123456789");
        encoder.Prepare(ref fits);
        var tooLarge = TestRecords.Record("k", "1234567890");

        var error = Assert.Throws<DataException>(() => encoder.Prepare(ref tooLarge));

        Assert.Contains("11", error.Message, StringComparison.Ordinal);
        Assert.Contains(KinesisKeys.MaxRecordBytes, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_partition_keys_have_equal_order_keys_and_others_differ()
    {
        var encoder = Encoder();
        var a = TestRecords.Record(" a ", "1");
        var same = TestRecords.Record(TestRecords.Bytes("a"), TestRecords.Bytes("2"), partition: 9);
        var other = TestRecords.Record("b", "3");

        var order = encoder.Prepare(ref a).Key;

        Assert.NotNull(order);
        Assert.Equal(order, encoder.Prepare(ref same).Key);
        Assert.NotEqual(order, encoder.Prepare(ref other).Key);
    }

    [Fact]
    public void Without_order_no_record_has_an_order_key()
    {
        var record = TestRecords.Record("a", "1");
        Assert.Null(Encoder((KinesisKeys.Ordered, "false")).Prepare(ref record).Key);
    }

    [Fact]
    public void Records_of_bytes_and_text_are_prepared_without_allocation()
    {
        var encoder = Encoder();
        var records = Enumerable.Range(0, 100).Select(i => TestRecords.Record($" key-{i} ", $"value-{i}")).ToArray();
        Prepare();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Prepare();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Prepare()
        {
            for (var i = 0; i < records.Length; i++)
                encoder.Prepare(ref records[i]);
        }
    }

    private static ConnectValue Point(int x, string? name)
        => ConnectValue.From(new Struct(s_point) { ["x"] = x, ["name"] = name }, s_point);

    private static string KeyOf(ConnectValue key)
    {
        var record = TestRecords.Record(key, TestRecords.Bytes("v"));
        Encoder().Prepare(ref record);
        return Encoding.UTF8.GetString(record.Key.Bytes.Span);
    }

    private static string ValueOf(ConnectValue value)
    {
        var record = TestRecords.Record(TestRecords.Utf8("k"), value);
        Encoder().Prepare(ref record);
        return Encoding.UTF8.GetString(record.Value.Bytes.Span);
    }

    private static RecordEncoder Encoder(params (string, string)[] keys) => new(TestConfig.Parse(keys));
}
