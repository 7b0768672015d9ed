using System.Numerics;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Conversion;

public class JsonConverterTests
{
    private const string NoEnvelope =
        "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not contain additional fields. " +
        "If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter configuration.";

    private const string RequiredString = "{\"type\":\"string\",\"optional\":false}";
    private const string RequiredInt = "{\"type\":\"int32\",\"optional\":false}";
    private const string DecimalName = "\"name\":\"org.apache.kafka.connect.data.Decimal\"";
    private const string Scale2 = "\"parameters\":{\"scale\":\"2\"}";

    private readonly JsonConverter _plain = Create(("schemas.enable", "false"));
    private readonly JsonConverter _enveloped = Create();

    public static TheoryData<string, object?> Schemaless => new()
    {
        { "null", null },
        { "true", true },
        { "false", false },
        { "1", 1L },
        { "-9223372036854775808", long.MinValue },
        { "9223372036854775808", BigInteger.Parse("9223372036854775808") },
        { "1.0", 1.0 },
        { "1.5E-07", 1.5e-7 },
        { "\"text\"", "text" },
        { "\"\\\"\\\\\\n é \\uD83C\\uDFAC\"", "\"\\\n é 🎬" },
        { "[]", new List<object?>() },
        { "[1,[null,\"a\"],{}]", new List<object?> { 1L, new List<object?> { null, "a" }, new Dictionary<string, object?>() } },
        { "{\"a\":1,\"b\":{\"c\":[true]}}", new Dictionary<string, object?>
            { ["a"] = 1L, ["b"] = new Dictionary<string, object?> { ["c"] = new List<object?> { true } } } },
    };

    /// <summary>Each schema as the original writes it, with a payload and what that is read as.</summary>
    public static TheoryData<string, string, object?> Enveloped => new()
    {
        { "{\"type\":\"boolean\",\"optional\":false}", "true", true },
        { "{\"type\":\"int8\",\"optional\":false}", "-128", sbyte.MinValue },
        { "{\"type\":\"int16\",\"optional\":false}", "32767", short.MaxValue },
        { "{\"type\":\"int32\",\"optional\":false}", "-2147483648", int.MinValue },
        { "{\"type\":\"int64\",\"optional\":false}", "9223372036854775807", long.MaxValue },
        { "{\"type\":\"float\",\"optional\":false}", "0.1", 0.1f },
        { "{\"type\":\"float\",\"optional\":false}", "\"NaN\"", float.NaN },
        { "{\"type\":\"double\",\"optional\":false}", "1E+300", 1e300 },
        { "{\"type\":\"double\",\"optional\":false}", "\"-Infinity\"", double.NegativeInfinity },
        { "{\"type\":\"string\",\"optional\":false}", "\"text\"", "text" },
        { "{\"type\":\"bytes\",\"optional\":false}", "\"AQL/\"", new byte[] { 1, 2, 255 } },
        { "{\"type\":\"string\",\"optional\":true}", "null", null },
        { "{\"type\":\"int32\",\"optional\":true,\"name\":\"my.int\",\"version\":3,\"doc\":\"a " +
            "doc\",\"parameters\":{\"a\":\"b\"}}", "5", 5 },
        { "{\"type\":\"array\",\"items\":{\"type\":\"int32\",\"optional\":true},\"optional\":false}", "[1,null]",
            new List<object?> { 1, null } },
        {
            "{\"type\":\"map\",\"keys\":" + RequiredString + ",\"values\":" + RequiredInt + ",\"optional\":false}",
            "{\"a\":1}",
            new Dictionary<string, object?> { ["a"] = 1 }
        },
        {
            "{\"type\":\"map\",\"keys\":" + RequiredInt
                + ",\"values\":{\"type\":\"string\",\"optional\":true},\"optional\":false}",
            "[[1,\"a\"],[2,null]]",
            new Dictionary<object, object?> { [1] = "a", [2] = null }
        },
        {
            "{\"type\":\"bytes\",\"optional\":false," + DecimalName + ",\"version\":1," + Scale2 + "}",
            "\"AJY=\"",
            (BigDecimal)1.50m
        },
        { "{\"type\":\"int32\",\"optional\":false,\"name\":\"org.apache.kafka.connect.data.Date\",\"version\":1}", "20512",
            new DateTimeOffset(2026, 2, 28, 0, 0, 0, TimeSpan.Zero) },
        { "{\"type\":\"int32\",\"optional\":false,\"name\":\"org.apache.kafka.connect.data.Time\",\"version\":1}", "86399999",
            DateTimeOffset.UnixEpoch.AddMilliseconds(86399999) },
        { "{\"type\":\"int64\",\"optional\":false,\"name\":\"org.apache.kafka.connect.data.Timestamp\",\"version\":1}", "-1",
            DateTimeOffset.UnixEpoch.AddMilliseconds(-1) },
        { "null", "{\"a\":[1]}", new Dictionary<string, object?> { ["a"] = new List<object?> { 1L } } },
    };

    [Theory]
    [MemberData(nameof(Schemaless))]
    public void Plain_JSON_goes_both_ways(string json, object? value)
    {
        var read = Read(_plain, json);

        Assert.Equal(value, read.Value);
        Assert.Null(read.Schema);
        Assert.Equal(json == "null" ? null : json, Write(_plain, read));
    }

    [Theory]
    [MemberData(nameof(Enveloped))]
    public void Every_schema_goes_both_ways(string schema, string payload, object? value)
    {
        var json = $"{{\"schema\":{schema},\"payload\":{payload}}}";

        var read = Read(_enveloped, json);

        Assert.Equal(value, read.Value);
        Assert.Equal(schema == "null", read.Schema is null);
        Assert.Equal(json, Write(_enveloped, read));
        // The same schema once more, now from the cache, and the order of the two turned round.
        Assert.Equal(value, Read(_enveloped, $" {{ \"payload\" : {payload} , \"schema\" : {schema} }} ").Value);
        Assert.Equal(json, Write(_enveloped, read));
    }

    [Fact]
    public void What_is_no_JSON_is_not_quoted()
    {
        var converter = new JsonConverter();
        converter.Configure(new Dictionary<string, string> { ["schemas.enable"] = "false" }, ConverterRole.Value);

        var error = Assert.Throws<DataException>(() => converter.ToConnectData("t", "nSECRET and more"u8.ToArray()));

        Assert.Equal(
            "Converting byte[] to Kafka Connect data failed due to serialization error: the 16 bytes are not JSON (line 1, byte 2)", error.Message);
        Assert.DoesNotContain("SECRET", error.ToString());
    }

    [Fact]
    public void A_struct_goes_both_ways()
    {
        const string schema =
            "{\"type\":\"struct\",\"fields\":[" +
            "{\"type\":\"int32\",\"optional\":false,\"field\":\"id\"}," +
            "{\"type\":\"string\",\"optional\":true,\"default\":\"none\",\"field\":\"name\"}," +
            "{\"type\":\"struct\",\"fields\":[{\"type\":\"double\",\"optional\":false,\"field\":\"x\"}]," +
            "\"optional\":true,\"name\":\"inner\",\"field\":\"in ner\"}" +
            "],\"optional\":false,\"name\":\"outer\"}";
        var json = $"{{\"schema\":{schema},\"payload\":{{\"id\":1,\"name\":\"n\",\"in ner\":{{\"x\":1.5}}}}}}";

        var read = Read(_enveloped, json);

        var value = Assert.IsType<Struct>(read.Value);
        Assert.Equal(1, value["id"]);
        Assert.Equal("n", value["name"]);
        Assert.Equal(1.5, Assert.IsType<Struct>(value["in ner"])["x"]);
        Assert.Equal("none", read.Schema!.Field("name")!.Schema.DefaultValue);
        Assert.Equal(json, Write(_enveloped, read));

        // Fields in another order, one too many, one escaped, one twice, two missing.
        read = Read(_enveloped, $"{{\"schema\":{schema},\"payload\":{{\"other\":[{{}}],\"id\":1,\"\\u0069d\":2}}}}");
        value = Assert.IsType<Struct>(read.Value);
        Assert.Equal(2, value["id"]);
        Assert.Equal("none", value["name"]);
        Assert.Null(value["in ner"]);
    }

    [Theory]
    [InlineData("true", "7", "{\"schema\":{\"type\":\"int32\",\"optional\":true,\"default\":7},\"payload\":7}")]
    [InlineData("false", null, "{\"schema\":{\"type\":\"int32\",\"optional\":true,\"default\":7},\"payload\":null}")]
    public void Null_gives_way_to_the_default_unless_told_otherwise(string replace, string? value, string written)
    {
        var converter = Create(("replace.null.with.default", replace));

        var read = Read(converter, "{\"schema\":{\"type\":\"int32\",\"optional\":true,\"default\":7},\"payload\":null}");

        Assert.Equal(value is null ? null : int.Parse(value), read.Value);
        Assert.Equal(written, Write(converter, read));
    }

    [Fact]
    public void Defaults_of_every_shape_are_read_by_their_schema()
    {
        const string structOfOne = "\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"a\"}]";

        Assert.Equal((BigDecimal)1.50m, DefaultOf("\"type\":\"bytes\"," + DecimalName + "," + Scale2 + ",\"default\":\"AJY=\""));
        Assert.Equal(new List<object?> { 1 }, DefaultOf("\"type\":\"array\",\"items\":{\"type\":\"int32\"},\"default\":[1]"));
        Assert.Equal(5, Assert.IsType<Struct>(DefaultOf(structOfOne + ",\"default\":{\"a\":5}"))["a"]);
        Assert.Throws<DataException>(() => DefaultOf("\"type\":\"int32\",\"default\":\"x\""));

        object? DefaultOf(string schema)
            => Read(_enveloped, $"{{\"schema\":{{{schema},\"optional\":true}},\"payload\":null}}").Schema!.DefaultValue;
    }

    [Fact]
    public void Decimals_are_written_as_told_and_read_either_way()
    {
        const string schema = "{\"type\":\"bytes\",\"optional\":false," + DecimalName + "," + Scale2 + "}";
        const string huge = "123456789012345678901234567890123456.78";
        var numeric = Create(("decimal.format", "numeric"));

        var read = Read(numeric, $"{{\"schema\":{schema},\"payload\":{huge}}}");

        Assert.Equal(huge, read.Value!.ToString());
        Assert.Equal($"{{\"schema\":{schema},\"payload\":{huge}}}", Write(numeric, read));
        var encoded = Write(_enveloped, read);
        Assert.Equal(read.Value, Read(numeric, encoded!).Value);
        Assert.DoesNotContain(huge, encoded);
    }

    [Fact]
    public void A_tombstone_is_null_in_both_directions()
    {
        foreach (var converter in (JsonConverter[])[_plain, _enveloped])
        {
            Assert.True(converter.ToConnectData("t", null).IsNull);
            Assert.Null(converter.ToConnectData("t", null).Schema);
            Assert.Null(converter.FromConnectData("t", ConnectValue.Null));
        }
        Assert.Equal("null", Write(_plain, ConnectValue.NullOf(Schema.OptionalString)));
        Assert.Equal("{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":null}",
            Write(_enveloped, ConnectValue.NullOf(Schema.OptionalString)));
    }

    [Fact]
    public void Bytes_and_text_that_were_never_objects_are_written_too()
    {
        Assert.Equal("\"AQI=\"", Write(_plain, ConnectValue.FromBytes(new byte[] { 1, 2 })));
        Assert.Equal("{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":\"a\"}",
            Write(_enveloped, ConnectValue.FromUtf8("a"u8.ToArray())));
    }

    [Fact]
    public void Nothing_and_white_space_are_null_without_schemas_and_no_envelope_with()
    {
        Assert.True(Read(_plain, "").IsNull);
        Assert.True(Read(_plain, " \r\n").IsNull);
        Assert.Equal(NoEnvelope, Assert.Throws<DataException>(() => Read(_enveloped, "")).Message);
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("1")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{\"schema\":null}")]
    [InlineData("{\"payload\":1}")]
    [InlineData("{\"schema\":null,\"schema\":null}")]
    [InlineData("{\"schema\":null,\"payload\":1,\"more\":2}")]
    public void A_missing_envelope_is_named_with_what_to_do(string json)
        => Assert.Equal(NoEnvelope, Assert.Throws<DataException>(() => Read(_enveloped, json)).Message);

    [Theory]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{'a':1}")]
    [InlineData("[1] [2]")]
    [InlineData("{\"schema\":null,\"payload\":1} x")]
    [InlineData("NaN")]
    [InlineData("01")]
    [InlineData("\"\\ud800\"")]
    public void What_is_no_JSON_is_an_error_of_the_data(string json)
    {
        Assert.StartsWith("Converting byte[] to Kafka Connect data failed due to serialization error: ",
            Assert.Throws<DataException>(() => Read(_plain, json)).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => Read(_enveloped, json));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'"', 0xFF, 0xFE, (byte)'"' })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { 0, 1, 2, 3 })]
    public void What_is_no_UTF8_is_an_error_of_the_data(byte[] bytes)
        => Assert.Throws<DataException>(() => _plain.ToConnectData("t", bytes));

    [Fact]
    public void A_byte_order_mark_is_skipped()
        => Assert.Equal(1L, _plain.ToConnectData("t", new byte[] { 0xEF, 0xBB, 0xBF, (byte)'1' }).Value);

    [Theory]
    [InlineData("{\"type\":\"int32\"}", "null", "Invalid null value for required INT32 field")]
    [InlineData("{\"type\":\"int8\"}", "128", "The number 128 does not fit INT8 (-128 to 127)")]
    [InlineData("{\"type\":\"int16\"}", "-32769", "The number -32769 does not fit INT16 (-32768 to 32767)")]
    [InlineData("{\"type\":\"int32\"}", "2147483648", "The number 2147483648 does not fit INT32")]
    [InlineData("{\"type\":\"int64\"}", "9223372036854775808", "The number 9223372036854775808 does not fit INT64")]
    [InlineData("{\"type\":\"int32\"}", "1.5", "INT32 expected, but found the number 1.5")]
    [InlineData("{\"type\":\"int32\"}", "\"1\"", "INT32 expected, but found STRING")]
    [InlineData("{\"type\":\"float\"}", "1e39", "The number 1e39 does not fit FLOAT32")]
    [InlineData("{\"type\":\"double\"}", "1e400", "The number 1e400 does not fit FLOAT64")]
    [InlineData("{\"type\":\"double\"}", "\"many\"", "FLOAT64 expected, but found STRING")]
    [InlineData("{\"type\":\"boolean\"}", "1", "BOOLEAN expected, but found the number 1")]
    [InlineData("{\"type\":\"string\"}", "{}", "STRING expected, but found OBJECT")]
    [InlineData("{\"type\":\"bytes\"}", "\"?\"", "Invalid bytes field")]
    [InlineData("{\"type\":\"array\",\"items\":{\"type\":\"int32\"}}", "{}", "ARRAY expected, but found OBJECT")]
    [InlineData("{\"type\":\"map\",\"keys\":{\"type\":\"string\"},\"values\":{\"type\":\"int32\"}}", "[]",
        "Maps with string fields should be encoded as JSON objects, but found ARRAY")]
    [InlineData("{\"type\":\"map\",\"keys\":{\"type\":\"int32\"},\"values\":{\"type\":\"int32\"}}", "{}",
        "Maps with non-string fields should be encoded as JSON array of tuples, but found OBJECT")]
    [InlineData("{\"type\":\"map\",\"keys\":{\"type\":\"int32\"},\"values\":{\"type\":\"int32\"}}", "[1]",
        "Found invalid map entry instead of array tuple: NUMBER")]
    [InlineData("{\"type\":\"map\",\"keys\":{\"type\":\"int32\"},\"values\":{\"type\":\"int32\"}}", "[[1,2,3]]",
        "Found invalid map entry, expected length 2 but found :3")]
    [InlineData("{\"type\":\"map\",\"keys\":{\"type\":\"int32\",\"optional\":true},\"values\":{\"type\":\"int32\"}}",
        "[[null,1]]", "A map's key must not be null.")]
    [InlineData("{\"type\":\"struct\",\"fields\":[]}", "[]", "Structs should be encoded as JSON objects, but found ARRAY")]
    [InlineData("{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"a\"}]}", "{}",
        "Invalid null value for required INT32 field 'a'")]
    [InlineData("{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"a\"}]}", "{\"a\":true}",
        "INT32 expected, but found BOOLEAN, in field 'a'")]
    [InlineData("{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\"}", "\"AQ==\"",
        "Invalid Decimal schema: scale parameter not found.")]
    [InlineData("{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"1\"}}",
        "\"?\"", "Invalid bytes for Decimal field")]
    [InlineData("{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"1\"}}", "[]",
        "Invalid type for Decimal, underlying representation should be numeric or bytes but was ARRAY")]
    [InlineData("{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"1\"}}",
        "1e99999999", "The number 1e99999999 does not fit Decimal")]
    [InlineData("{\"type\":\"int32\",\"name\":\"org.apache.kafka.connect.data.Date\"}", "\"today\"",
        "Invalid type for Date, underlying representation should be integer but was STRING")]
    [InlineData("{\"type\":\"int32\",\"name\":\"org.apache.kafka.connect.data.Date\"}", "2147483647",
        "is not within the years 1 to 9999")]
    [InlineData("{\"type\":\"int32\",\"name\":\"org.apache.kafka.connect.data.Time\"}", "86400000",
        "A time of day has 0 to 86399999 milliseconds")]
    [InlineData("{\"type\":\"int64\",\"name\":\"org.apache.kafka.connect.data.Timestamp\"}", "1.5",
        "Invalid type for Timestamp, underlying representation should be integral but was NUMBER")]
    public void A_payload_that_does_not_fit_its_schema_is_refused(string schema, string payload, string message)
        => Assert.Contains(message,
            Assert.Throws<DataException>(() => Read(_enveloped, $"{{\"schema\":{schema},\"payload\":{payload}}}")).Message);

    [Theory]
    [InlineData("1", "Schema must contain 'type' field")]
    [InlineData("{}", "Schema must contain 'type' field")]
    [InlineData("{\"type\":1}", "Schema must contain 'type' field")]
    [InlineData("{\"type\":\"int128\"}", "Unknown schema type: int128")]
    [InlineData("{\"type\":\"array\"}", "Array schema did not specify the element type")]
    [InlineData("{\"type\":\"array\",\"items\":null}", "Array schema did not specify the element type")]
    [InlineData("{\"type\":\"map\",\"values\":{\"type\":\"int32\"}}", "Map schema did not specify the key type")]
    [InlineData("{\"type\":\"map\",\"keys\":{\"type\":\"int32\"}}", "Map schema did not specify the value type")]
    [InlineData("{\"type\":\"struct\"}", "Struct schema's \"fields\" argument is not an array.")]
    [InlineData("{\"type\":\"struct\",\"fields\":{}}", "Struct schema's \"fields\" argument is not an array.")]
    [InlineData("{\"type\":\"struct\",\"fields\":[1]}", "Struct schema's field name not specified properly")]
    [InlineData("{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\"}]}", "Struct schema's field name not specified properly")]
    [InlineData("{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"a\"},{\"type\":\"int32\",\"field\":\"a\"}]}",
        "The field 'a' occurs twice.")]
    [InlineData("{\"type\":\"int32\",\"parameters\":{\"a\":1}}", "Schema parameters must have string values.")]
    public void A_schema_that_is_none_is_refused(string schema, string message)
        => Assert.Contains(message,
            Assert.Throws<DataException>(() => Read(_enveloped, $"{{\"schema\":{schema},\"payload\":null}}")).Message);

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(1_000_000, false)]
    public void Nesting_is_bounded(int depth, bool allowed)
    {
        var json = new string('[', depth) + new string(']', depth);

        if (allowed)
            Assert.Equal(json, Write(_plain, Read(_plain, json)));
        else
            Assert.Throws<DataException>(() => Read(_plain, json));
        Assert.Throws<DataException>(() => Read(_enveloped, json));
    }

    [Fact]
    public void A_schema_nested_deeply_is_read_or_refused_and_never_ends_the_process()
    {
        const string open = "{\"type\":\"array\",\"items\":";
        string Envelope(int depth)
            => "{\"schema\":" + string.Concat(Enumerable.Repeat(open, depth)) + "{\"type\":\"int32\"}" + new string('}', depth)
            + ",\"payload\":[]}";

        Assert.NotNull(Read(_enveloped, Envelope(500)).Value);
        Assert.Throws<DataException>(() => Read(_enveloped, Envelope(100_000)));
    }

    [Fact]
    public void Numbers_of_any_size_cost_little()
    {
        Assert.Equal(BigInteger.Pow(10, 999), Read(_plain, "1" + new string('0', 999)).Value);
        Assert.Contains("1000 are allowed", Assert.Throws<DataException>(() => Read(_plain, new string('9', 1_000_000))).Message);
        Assert.Throws<DataException>(() => Read(_plain, "1e999999999"));
        Assert.Equal(0.0, Read(_plain, "1e-999999999").Value);
    }

    [Fact]
    public void A_name_that_occurs_twice_has_its_last_value()
        => Assert.Equal(2L, Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(
            Read(_plain, "{\"a\":1,\"a\":2}").Value)["a"]);

    [Fact]
    public void Names_are_shared_between_records()
    {
        var first = (Dictionary<string, object?>)Read(_plain, "{\"viewer_id\":1}").Value!;
        var second = (Dictionary<string, object?>)Read(_plain, "{\"viewer_id\":2}").Value!;

        Assert.Same(first.Keys.Single(), second.Keys.Single());
    }

    [Fact]
    public void Schemas_are_kept_up_to_the_size_of_the_cache()
    {
        var converter = Create(("schemas.cache.size", "2"));
        Schema? SchemaOf(int version)
            => Read(converter, $"{{\"schema\":{{\"type\":\"int32\",\"version\":{version}}},\"payload\":1}}").Schema;

        var one = SchemaOf(1);
        var two = SchemaOf(2);
        Assert.Same(one, SchemaOf(1));
        SchemaOf(3); // pushes out 2, which was not used for longest
        Assert.Same(one, SchemaOf(1));
        Assert.NotSame(two, SchemaOf(2));

        var none = Create(("schemas.cache.size", "0"));
        Assert.NotSame(Read(none, "{\"schema\":{\"type\":\"int32\"},\"payload\":1}").Schema,
            Read(none, "{\"schema\":{\"type\":\"int32\"},\"payload\":1}").Schema);
    }

    [Fact]
    public void Written_schemas_are_kept_and_the_limit_holds()
    {
        var converter = Create(("schemas.cache.size", "3"));
        for (var i = 0; i < 100; i++)
            Assert.Equal($"{{\"schema\":{{\"type\":\"int32\",\"optional\":false,\"version\":{i}}},\"payload\":1}}",
                Write(converter, ConnectValue.From(1, new(SchemaType.Int32, version: i))));
    }

    [Theory]
    [InlineData("schemas.enable", "x")]
    [InlineData("schemas.cache.size", "-1")]
    [InlineData("decimal.format", "ROMAN")]
    [InlineData("replace.null.with.default", "x")]
    public void A_wrong_option_is_refused(string key, string value)
        => Assert.StartsWith($"Invalid value {value} for configuration {key}: ",
            Assert.Throws<ConfigException>(() => Create((key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Data_that_does_not_fit_is_refused_and_the_converter_works_on()
    {
        Assert.Throws<DataException>(() => Write(_enveloped, ConnectValue.From("x", new(SchemaType.Int32))));
        Assert.Throws<DataException>(() => Write(_plain, ConnectValue.From(new Uri("http://x"))));

        Assert.Equal("[1]", Write(_plain, ConnectValue.From(new List<object?> { 1L })));
        Assert.Equal("{\"schema\":{\"type\":\"int32\",\"optional\":false},\"payload\":1}",
            Write(_enveloped, ConnectValue.From(1, new(SchemaType.Int32))));
    }

    private static JsonConverter Create(params (string Key, string Value)[] config)
    {
        var converter = new JsonConverter();
        converter.Configure(config.ToDictionary(entry => entry.Key, entry => entry.Value), ConverterRole.Value);
        return converter;
    }

    private static ConnectValue Read(JsonConverter converter, string json)
        => converter.ToConnectData("t", Encoding.UTF8.GetBytes(json));

    private static string? Write(JsonConverter converter, ConnectValue value)
        => converter.FromConnectData("t", value) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
