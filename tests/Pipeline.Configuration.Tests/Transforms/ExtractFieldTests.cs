using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class ExtractFieldTests
{
    private const string Nested = """
        {"a":1,"b":{"c":2,"d":{"e":3}},"b.c":4,"x.y":{"z":5},"q`r":{"s":6},"q`.r":7,"t\\`u":8,"":9,"n":null}
        """;

    [Theory]
    [InlineData("field=a", "1")]
    [InlineData("field=b", """{"c":2,"d":{"e":3}}""")]
    [InlineData("field=b.c", "4")]
    [InlineData("field=b.d.e", "null")]
    [InlineData("field=`b.c`", "null")]
    [InlineData("field=n", "null")]
    [InlineData("field=missing", "null")]
    [InlineData("field=b.c field.syntax.version=v1", "4")]
    [InlineData("field=a field.syntax.version=V2", "1")]
    [InlineData("field=b.c field.syntax.version=V2", "2")]
    [InlineData("field=b.d.e field.syntax.version=v2", "3")]
    [InlineData("field=`b.c` field.syntax.version=V2", "4")]
    [InlineData("field=`x.y`.z field.syntax.version=V2", "5")]
    [InlineData("field=`b`.`d`.`e` field.syntax.version=V2", "3")]
    [InlineData("field=q`r.s field.syntax.version=V2", "6")]
    [InlineData("field=`q`r`.s field.syntax.version=V2", "6")]
    [InlineData("field=`q\\`.r` field.syntax.version=V2", "7")]
    [InlineData("field=`t\\`u` field.syntax.version=V2", "8")]
    [InlineData("field=`` field.syntax.version=V2", "9")]
    [InlineData("field=b.x.y field.syntax.version=V2", "null")]
    [InlineData("field=n.x field.syntax.version=V2", "null")]
    public void An_entry_of_a_map_is_extracted(string config, string expected)
        => Assert.Equal("schemaless " + expected, Value("ExtractField$Value", config, Json(Nested)));

    [Theory]
    [InlineData("field=a", "int32 1")]
    [InlineData("field=b", """Inner:{c string?=none} {"c":null}""")]
    [InlineData("field=b.c field.syntax.version=V2", """string?=none "none" """)]
    [InlineData("field=b.c field.syntax.version=V2 replace.null.with.default=true", """string?=none "none" """)]
    [InlineData("field=b.c field.syntax.version=V2 replace.null.with.default=false", "string?=none null")]
    [InlineData("field=o.c field.syntax.version=V2", "string?=none null")]
    public void A_field_of_a_struct_is_extracted_with_its_schema(string config, string expected)
        => Assert.Equal(expected.Trim(), Value("ExtractField$Value", config, Outer()));

    [Theory]
    [InlineData("field=x", "Unknown field: x")]
    [InlineData("field=b.c", "Unknown field: b.c")]
    [InlineData("field=b.x field.syntax.version=V2", "Unknown field: b.x")]
    [InlineData("field=a.x field.syntax.version=V2", "Unknown field: a.x")]
    public void A_field_that_the_schema_has_not_is_refused(string config, string message)
    {
        Assert.Equal(message, Refusal("ExtractField$Value", config, Outer()));
        Assert.Equal(message, Refusal("ExtractField$Value", config, ConnectValue.NullOf(Outer().Schema)));
    }

    [Fact]
    public void A_tombstone_passes()
    {
        Assert.Equal("schemaless null", Value("ExtractField$Value", "field=a", ConnectValue.Null));
        Assert.Equal("int32 null", Value("ExtractField$Value", "field=a", ConnectValue.NullOf(Outer().Schema)));
    }

    [Theory]
    [InlineData("1", "field=a", "Only Map objects supported in absence of schema for [field extraction], found: Int64")]
    [InlineData("""{"a":1}""", "field=a.b field.syntax.version=V2",
        "Only Map objects supported in absence of schema for [nested field access], found: Int64")]
    public void Data_without_fields_is_refused(string json, string config, string message)
        => Assert.Equal(message, Refusal("ExtractField$Value", config, Json(json)));

    [Fact]
    public void Text_is_refused()
        => Assert.Equal(
            "Only Struct objects supported for [field extraction], found: String",
            Refusal("ExtractField$Value", "field=a", ConnectValue.FromUtf8("text"u8.ToArray())));

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("ExtractField$Key", "field=id", Json("""{"v":1}"""), Json("""{"id":7}"""));

        Assert.Equal("schemaless 7", Write(record.Key));
        Assert.Equal("""schemaless {"v":1}""", Write(record.Value));
    }

    [Theory]
    [InlineData("field=`a field.syntax.version=V2", "Incomplete backtick pair in path: [`a], consider adding a backslash before backtick at position 0 to escape it")]
    [InlineData("field=a.`b.c field.syntax.version=V2", "Incomplete backtick pair in path: [a.`b.c], consider adding a backslash before backtick at position 2 to escape it")]
    [InlineData("field=`a\\` field.syntax.version=V2", "Incomplete backtick pair in path: [`a\\`], consider adding a backslash before backtick at position 0 to escape it")]
    [InlineData("field=a field.syntax.version=V3", "Invalid value V3 for configuration field.syntax.version: String must be one of (case insensitive): V1, V2")]
    [InlineData("", "Missing required configuration \"field\" which has no default value.")]
    public void Keys_that_are_not_allowed_are_refused(string config, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Create("ExtractField$Value", config)).Message);

    private static ConnectValue Outer()
    {
        var inner = new Schema(SchemaType.Struct, name: "Inner",
            fields: [("c", new(SchemaType.String, optional: true, defaultValue: "none"))]);
        var optional = new Schema(SchemaType.Struct, optional: true,
            fields: [("c", new(SchemaType.String, optional: true, defaultValue: "none"))]);
        return Struct("Outer", ("a", IntSchema, 1), ("b", inner, Fill(inner, (object?)null)), ("o", optional, null));
    }
}
