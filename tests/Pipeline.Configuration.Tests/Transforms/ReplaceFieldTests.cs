using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class ReplaceFieldTests
{
    [Theory]
    [InlineData("", """{"a":1,"b":2,"c":3}""")]
    [InlineData("exclude=b", """{"a":1,"c":3}""")]
    [InlineData("exclude=b,c", """{"a":1}""")]
    [InlineData("exclude=x", """{"a":1,"b":2,"c":3}""")]
    [InlineData("include=a,c", """{"a":1,"c":3}""")]
    [InlineData("include=x", "{}")]
    [InlineData("include=a,b exclude=b", """{"a":1}""")]
    [InlineData("renames=a:x,c:y", """{"x":1,"b":2,"y":3}""")]
    [InlineData("renames=a:b,b:a", """{"b":1,"a":2,"c":3}""")]
    [InlineData("renames=a:b exclude=b", """{"b":1,"c":3}""")]
    [InlineData("renames=x:y", """{"a":1,"b":2,"c":3}""")]
    [InlineData("include=a renames=a:x", """{"x":1}""")]
    public void Fields_are_left_out_and_renamed(string config, string expected)
    {
        var value = Json("""{"a":1,"b":2,"c":3}""");
        var typed = Struct("org.example.View", ("a", IntSchema, 1), ("b", IntSchema, 2), ("c", IntSchema, 3));

        Assert.Equal("schemaless " + expected, Value("ReplaceField$Value", config, value));
        var result = Value("ReplaceField$Value", config, typed);
        Assert.StartsWith("View:{", result);
        Assert.EndsWith("} " + expected, result);
    }

    [Fact]
    public void The_schema_goes_with_the_fields()
        => Assert.Equal(
            """{x string?, c int32} {"x":"y","c":3}""",
            Value("ReplaceField$Value", "exclude=b renames=a:x",
                Struct(null, ("a", Schema.OptionalString, "y"), ("b", IntSchema, 2), ("c", IntSchema, 3))));

    [Theory]
    [InlineData("", 7)]
    [InlineData("replace.null.with.default=false", null)]
    public void A_default_stands_in_for_null_where_it_is_wanted(string config, object? expected)
    {
        var value = Struct(null, ("a", new(SchemaType.Int32, optional: true, defaultValue: 7), null));

        var result = (Struct)Apply("ReplaceField$Value", "renames=a:b " + config, value).Value.Value!;

        Assert.Equal(expected, result["b"]);
    }

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("ReplaceField$Key", "exclude=a", Json("""{"a":1}"""), Json("""{"a":1,"b":2}"""));

        Assert.Equal("""schemaless {"b":2}""", Write(record.Key));
        Assert.Equal("""schemaless {"a":1}""", Write(record.Value));
    }

    [Fact]
    public void A_tombstone_passes()
        => Assert.Equal("schemaless null", Value("ReplaceField$Value", "exclude=a", ConnectValue.Null));

    [Fact]
    public void Data_without_fields_is_refused()
    {
        Assert.Equal(
            "Only Map objects supported in absence of schema for [field replacement], found: String",
            Refusal("ReplaceField$Value", "exclude=a", Json("\"text\"")));
        Assert.Equal(
            "Only Struct objects supported for [field replacement], found: Byte[]",
            Refusal("ReplaceField$Value", "exclude=a", ConnectValue.FromBytes(new byte[1])));
    }

    [Fact]
    public void Two_fields_of_one_name_are_refused_where_there_is_a_schema()
        => Assert.Equal(
            "Cannot create field because of field name duplication b",
            Refusal("ReplaceField$Value", "renames=a:b", Struct(null, ("a", IntSchema, 1), ("b", IntSchema, 2))));

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a:b,c", "c")]
    [InlineData("a:b:c", "a:b:c")]
    [InlineData("a:", "a:")]
    public void A_mapping_that_is_no_pair_is_refused(string renames, string wrong)
        => Assert.Equal(
            $"Invalid value [{renames.Replace(",", ", ")}] for configuration renames: Invalid rename mapping: {wrong}",
            Assert.Throws<ConfigException>(() => Create("ReplaceField$Value", "renames=" + renames)).Message);
}
