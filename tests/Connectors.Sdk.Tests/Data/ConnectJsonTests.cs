using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Exports.Connectors.Sdk.Tests;

public class ConnectJsonTests
{
    private static readonly Schema s_point = new(SchemaType.Struct,
        fields: [("x", new(SchemaType.Int32)), ("y", new(SchemaType.Int32, optional: true))]);

    public static TheoryData<object?, string> Schemaless => new()
    {
        { null, "null" },
        { "tëxt \"<&>\" \n \u0001", "\"tëxt \\\"<&>\\\" \\n \\u0001\"" },
        { true, "true" },
        { (sbyte)-1, "-1" },
        { (short)-2, "-2" },
        { 3, "3" },
        { long.MinValue, "-9223372036854775808" },
        { 1.0, "1.0" },
        { -0.0, "-0.0" },
        { 1e300, "1E+300" },
        { 0.1f, "0.1" },
        { double.NaN, "\"NaN\"" },
        { float.NegativeInfinity, "\"-Infinity\"" },
        { BigInteger.Pow(10, 30), "1000000000000000000000000000000" },
        { 1.50m, "1.50" },
        { new BigDecimal(BigInteger.Pow(10, 30), 2), "10000000000000000000000000000.00" },
        { DateTimeOffset.UnixEpoch.AddMilliseconds(1234), "1234" },
        { new byte[] { 1, 2, 255 }, "\"AQL/\"" },
        { new List<object?> { 1L, null, "a" }, "[1,null,\"a\"]" },
        { new string[] { "a" }, "[\"a\"]" },
        { new Dictionary<string, object?> { ["a"] = 1L, ["b"] = new Dictionary<string, object?>() }, "{\"a\":1,\"b\":{}}" },
        { new Dictionary<string, int> { ["a"] = 1 }, "{\"a\":1}" },
        { new Dictionary<object, object?> { [1L] = "a", ["b"] = null }, "[[1,\"a\"],[\"b\",null]]" },
        { new Dictionary<int, string> { [1] = "a" }, "[[1,\"a\"]]" },
    };

    [Theory]
    [MemberData(nameof(Schemaless))]
    public void Objects_without_a_schema(object? value, string json) => Assert.Equal(json, Write(ConnectValue.From(value)));

    [Fact]
    public void Bytes_and_text_as_they_came()
    {
        Assert.Equal("\"AQI=\"", Write(ConnectValue.FromBytes(new byte[] { 1, 2 })));
        Assert.Equal("\"tëxt\"", Write(ConnectValue.FromUtf8("tëxt"u8.ToArray())));
        Assert.Equal("\"a\uFFFDb\"", Write(ConnectValue.FromUtf8(new byte[] { (byte)'a', 0xFF, (byte)'b' })));
        Assert.Equal("null", Write(ConnectValue.Null));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_becomes_a_replacement_character()
    {
        Assert.Equal("\"a\\uFFFD\"", Write(ConnectValue.From("a\uD800")));
        Assert.Equal("{\"\\uFFFD\":1}", Write(ConnectValue.From(new Dictionary<string, object?> { ["\uD800"] = 1L })));
    }

    [Fact]
    public void A_struct_has_its_fields_in_order()
    {
        var value = new Struct(s_point) { ["y"] = null, ["x"] = 1 };

        Assert.Equal("{\"x\":1,\"y\":null}", Write(ConnectValue.From(value, s_point)));
        Assert.Equal("{\"x\":1,\"y\":null}", Write(ConnectValue.From(value)));
    }

    [Fact]
    public void A_struct_of_an_equal_schema_is_written_and_of_another_refused()
    {
        var copy = new Schema(SchemaType.Struct,
            fields: [("y", new(SchemaType.Int32, optional: true)), ("x", new(SchemaType.Int32))]);
        var other = new Schema(SchemaType.Struct, fields: [("z", new(SchemaType.Int32)), ("x", new(SchemaType.Int32))]);

        Assert.Equal("{\"y\":2,\"x\":1}", Write(ConnectValue.From(new Struct(s_point) { ["x"] = 1, ["y"] = 2 }, copy)));
        Assert.Equal("Mismatching schema.",
            Assert.Throws<DataException>(() => Write(ConnectValue.From(new Struct(s_point), other))).Message);
    }

    [Fact]
    public void Null_where_a_value_is_required_is_an_error()
    {
        var error = Assert.Throws<DataException>(() => Write(ConnectValue.From(new Struct(s_point), s_point)));

        Assert.Equal("Conversion error: null value for field that is required and has no default value", error.Message);
    }

    [Fact]
    public void Null_gives_way_to_the_default_unless_told_otherwise()
    {
        var schema = new Schema(SchemaType.Int32, optional: true, defaultValue: 7);

        Assert.Equal("7", Write(ConnectValue.NullOf(schema)));
        Assert.Equal("null", Write(ConnectValue.NullOf(schema), replaceNullWithDefault: false));
    }

    [Theory]
    [InlineData(SchemaType.Int32, 1L)]
    [InlineData(SchemaType.Int64, 1)]
    [InlineData(SchemaType.String, 1)]
    [InlineData(SchemaType.Boolean, "true")]
    [InlineData(SchemaType.Float64, 1f)]
    [InlineData(SchemaType.Bytes, "AQ==")]
    public void A_value_that_is_not_of_its_schemas_type_is_refused(SchemaType type, object value)
        => Assert.StartsWith($"Invalid type for {type.ToString().ToUpperInvariant()}: ",
            Assert.Throws<DataException>(() => Write(ConnectValue.From(value, new(type)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Arrays_and_maps_are_not_taken_for_each_other()
    {
        var array = new Schema(SchemaType.Array, valueSchema: new(SchemaType.Int32));
        var map = new Schema(SchemaType.Map, keySchema: new(SchemaType.String), valueSchema: new(SchemaType.Int32));

        Assert.Throws<DataException>(() => Write(ConnectValue.From("text", array)));
        Assert.Throws<DataException>(() => Write(ConnectValue.From(new Dictionary<string, object?>(), array)));
        Assert.Throws<DataException>(() => Write(ConnectValue.From(new List<object?>(), map)));
        Assert.Throws<DataException>(() => Write(ConnectValue.From(new Dictionary<object, object?> { [1] = 1 }, map)));
    }

    [Fact]
    public void Logical_types()
    {
        var scale = new Dictionary<string, string> { ["scale"] = "2" };
        var money = new Schema(SchemaType.Bytes, name: LogicalTypes.Decimal, parameters: scale);

        Assert.Equal("1.50", Write(ConnectValue.From((BigDecimal)1.50m, money)));
        Assert.Equal("1.50", Write(ConnectValue.From(1.50m, money)));
        Assert.Equal("\"AJY=\"", Write(ConnectValue.From(1.50m, money), DecimalFormat.Base64));
        Assert.Equal("1", Write(ConnectValue.From(LogicalTypes.DateFromDays(1), new(SchemaType.Int32, name: LogicalTypes.Date))));
        Assert.Equal("2",
            Write(ConnectValue.From(LogicalTypes.TimeFromMilliseconds(2), new(SchemaType.Int32, name: LogicalTypes.Time))));
        Assert.Equal("3",
            Write(ConnectValue.From(LogicalTypes.TimestampFromMilliseconds(3),
                new(SchemaType.Int64, name: LogicalTypes.Timestamp))));
        Assert.Throws<DataException>(() => Write(ConnectValue.From(3L, new(SchemaType.Int64, name: LogicalTypes.Timestamp))));
        Assert.Throws<DataException>(() => Write(ConnectValue.From(3L, money)));
    }

    [Fact]
    public void What_has_no_form_in_JSON_is_refused()
        => Assert.Contains("System.Uri",
            Assert.Throws<DataException>(() => Write(ConnectValue.From(new Uri("http://x")))).Message);

    [Fact]
    public void Data_without_an_end_is_refused()
    {
        var loop = new List<object?>();
        loop.Add(loop);

        Assert.Contains("nested too deeply", Assert.Throws<DataException>(() => Write(ConnectValue.From(loop))).Message);
    }

    private static string Write(ConnectValue value, DecimalFormat decimals = DecimalFormat.Numeric,
        bool replaceNullWithDefault = true)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConnectJson.WriterOptions))
            ConnectJson.Write(writer, value, decimals, replaceNullWithDefault);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
