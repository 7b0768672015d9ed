using System.Numerics;
using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class CastTests
{
    private const string Whole = "Cast$Value";

    public static TheoryData<object, string, object> Casts => new()
    {
        { 42L, "int8", (sbyte)42 },
        { 300, "int8", (sbyte)44 },
        { 70_000, "int16", (short)4464 },
        { 5_000_000_000, "int32", 705_032_704 },
        { (sbyte)-1, "int64", -1L },
        { 1.9, "int32", 1 },
        { -1.9f, "int64", -1L },
        { 1e20, "int32", int.MaxValue },
        { 1e20, "int64", long.MaxValue },
        { double.NaN, "int32", 0 },
        { 42, "float32", 42f },
        { 42, "float64", 42d },
        { 1.5f, "float64", 1.5d },
        { true, "int8", (sbyte)1 },
        { false, "float64", 0d },
        { "-12", "int8", (sbyte)-12 },
        { "+12", "int16", (short)12 },
        { "2147483647", "int32", int.MaxValue },
        { "9223372036854775807", "int64", long.MaxValue },
        { " 1.5 ", "float32", 1.5f },
        { "1e3", "float64", 1000d },
        { "NaN", "float64", double.NaN },
        { 2, "boolean", true },
        { 0L, "boolean", false },
        { 0.9, "boolean", false },
        { "TRUE", "boolean", true },
        { "yes", "boolean", false },
        { 42, "string", "42" },
        { true, "string", "true" },
        { 1d, "string", "1.0" },
        { 1e7, "string", "1.0E7" },
        { 1234567.5, "string", "1234567.5" },
        { 0.001, "string", "0.001" },
        { 0.00012, "string", "1.2E-4" },
        { -0d, "string", "-0.0" },
        { 1.1f, "string", "1.1" },
        { 1.5e10f, "string", "1.5E10" },
        { double.NegativeInfinity, "string", "-Infinity" },
        { "text", "string", "text" },
        { new byte[] { 1, 2, 3 }, "string", "AQID" },
        { new BigDecimal(1250, 2), "string", "12.50" },
        { new BigDecimal(1290, 2), "int32", 12 },
        { new BigDecimal(-1290, 2), "float64", -12.9 },
        { 12.9m, "int64", 12L },
        { BigInteger.Pow(2, 64) + 7, "int64", 7L },
    };

    [Theory]
    [MemberData(nameof(Casts))]
    public void A_value_is_cast_as_java_casts_it(object value, string type, object expected)
    {
        Assert.Equal(expected, Apply(Whole, "spec=" + type, ConnectValue.From(value)).Value.Value);
        var field = (IReadOnlyDictionary<string, object?>)Apply(
            Whole, "spec=f:" + type, ConnectValue.From(new Dictionary<string, object?> { ["f"] = value, ["g"] = value })).Value.Value!;
        Assert.Equal(expected, field["f"]);
        Assert.Equal(value, field["g"]);
    }

    [Fact]
    public void Times_are_cast_by_their_schemas()
    {
        var day = LogicalTypes.DateFromDays(19_675);
        var date = new Schema(SchemaType.Int32, name: LogicalTypes.Date, version: 1);
        var time = new Schema(SchemaType.Int32, optional: true, name: LogicalTypes.Time, version: 1);
        var timestamp = new Schema(SchemaType.Int64, name: LogicalTypes.Timestamp, version: 1);

        Assert.Equal("int64 19675", Value(Whole, "spec=int64", ConnectValue.From(day, date)));
        Assert.Equal("string \"2023-11-14\"", Value(Whole, "spec=string", ConnectValue.From(day, date)));
        Assert.Equal("int32? 1500", Value(Whole, "spec=int32", ConnectValue.From(LogicalTypes.TimeFromMilliseconds(1500), time)));
        Assert.Equal("string? \"00:00:01.500Z\"", Value(Whole, "spec=string", ConnectValue.From(LogicalTypes.TimeFromMilliseconds(1500), time)));
        Assert.Equal("int64 1700000000123", Value(Whole, "spec=int64", ConnectValue.From(At(Timestamp), timestamp)));
        Assert.Equal("string \"2023-11-14T22:13:20.123Z\"", Value(Whole, "spec=string", ConnectValue.From(At(Timestamp), timestamp)));
        Assert.Equal("string \"1969-12-31T23:59:59.999Z\"", Value(Whole, "spec=string", ConnectValue.From(At(-1), timestamp)));
        Assert.StartsWith(
            "Cast transformation does not support casting from DateTimeOffset; supported types are int8,",
            Refusal(Whole, "spec=string", ConnectValue.From(At(0))));

        static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    [Fact]
    public void Fields_are_cast_with_their_schemas_and_others_stay()
        => Assert.Equal(
            """View:{a string, b int64?=7, c int32} {"a":"1","b":2,"c":3}""",
            Value(Whole, "spec=a:string,b:int64,none:int8", Struct(
                "View",
                ("a", IntSchema, 1),
                ("b", new(SchemaType.String, optional: true, defaultValue: "7"), "2"),
                ("c", IntSchema, 3))));

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("Cast$Key", "spec=string", Json("1"), Json("1"));

        Assert.Equal("schemaless \"1\"", Write(record.Key));
        Assert.Equal("schemaless 1", Write(record.Value));
    }

    [Fact]
    public void Null_passes_as_a_whole_and_in_a_field()
    {
        Assert.Equal("schemaless null", Value(Whole, "spec=int8", ConnectValue.Null));
        Assert.Equal("schemaless null", Value(Whole, "spec=a:int8", ConnectValue.Null));
        Assert.Equal("""schemaless {"a":null}""", Value(Whole, "spec=a:int8", Json("""{"a":null}""")));
        Assert.Equal("""schemaless {"b":1}""", Value(Whole, "spec=a:int8", Json("""{"b":1}""")));
    }

    [Theory]
    [InlineData("", "7")]
    [InlineData("replace.null.with.default=false", "null")]
    public void A_default_stands_in_for_null_where_it_is_wanted(string config, string expected)
        => Assert.Equal(
            $$"""{a int64?=7} {"a":{{expected}}}""",
            Value(Whole, "spec=a:int64 " + config, Struct(null, ("a", new(SchemaType.Int32, optional: true, defaultValue: 7), null))));

    [Theory]
    [InlineData("spec=int8", "\"128\"", "Value (128) was out of range for requested data type")]
    [InlineData("spec=int32", "\"1.5\"", "Value (1.5) was out of range for requested data type")]
    [InlineData("spec=float64", "\"x\"", "Value (x) was out of range for requested data type")]
    [InlineData("spec=a:int8", "[1]", "Only Map objects supported in absence of schema for [cast types], found: List")]
    public void What_has_no_such_form_is_refused(string config, string json, string message)
        => Assert.Equal(message, Refusal(Whole, config, Json(json)));

    [Fact]
    public void Lists_maps_structs_and_bytes_as_numbers_are_refused()
    {
        Assert.StartsWith("Cast transformation does not support casting from List;", Refusal(Whole, "spec=string", Json("[1]")));
        Assert.StartsWith("Cast transformation does not support casting from Map;", Refusal(Whole, "spec=int8", Json("{}")));
        Assert.StartsWith(
            "Cast transformation does not support casting from Byte[];",
            Refusal(Whole, "spec=int8", ConnectValue.FromBytes(new byte[] { 1 })));
        Assert.Equal(
            "Only Struct objects supported for [cast types], found: Int32",
            Refusal(Whole, "spec=a:int8", ConnectValue.From(1, IntSchema)));
    }

    [Theory]
    [InlineData("", "Missing required configuration \"spec\" which has no default value.")]
    [InlineData("spec=", "Invalid value [] for configuration spec: Must specify at least one field to cast.")]
    [InlineData("spec=a:int7", "Invalid value [a:int7] for configuration spec: Invalid type found in casting spec: int7; " +
        "allowed: int8, int16, int32, int64, float32, float64, boolean, string")]
    [InlineData("spec=a:bytes", "Invalid value [a:bytes] for configuration spec: Cast transformation does not support casting to bytes; " +
        "supported types are int8, int16, int32, int64, float32, float64, boolean, string")]
    [InlineData("spec=a:b:int8", "Invalid value [a:b:int8] for configuration spec: Invalid cast 'a:b:int8': it must be FIELD:TYPE, or TYPE for the whole")]
    [InlineData("spec=int8,a:int8", "Invalid value [int8, a:int8] for configuration spec: " +
        "Cast transformations that specify a type to cast the entire value to may only specify a single cast in their spec")]
    public void Keys_that_are_not_allowed_are_refused(string config, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Create(Whole, config)).Message);
}
