using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class FlattenTests
{
    [Theory]
    [InlineData("", """{"a":1,"b":{"c":2,"d":{"e":3}}}""", """{"a":1,"b.c":2,"b.d.e":3}""")]
    [InlineData("delimiter=_", """{"a":1,"b":{"c":2,"d":{"e":3}}}""", """{"a":1,"b_c":2,"b_d_e":3}""")]
    [InlineData("delimiter=", """{"b":{"c":2}}""", """{"bc":2}""")]
    [InlineData("", """{"l":[1,{"x":{"y":2}}]}""", """{"l":[1,{"x":{"y":2}}]}""")]
    [InlineData("", """{"n":null,"b":{"n":null,"m":1}}""", """{"n":null,"b.n":null,"b.m":1}""")]
    [InlineData("", """{"b":{},"a":true}""", """{"a":true}""")]
    [InlineData("", "{}", "{}")]
    public void Nested_maps_become_one(string config, string json, string expected)
        => Assert.Equal("schemaless " + expected, Value("Flatten$Value", config, Json(json)));

    [Theory]
    [InlineData("", """Outer:{a int32, b.t string?, b.l [int32]} {"a":1,"b.t":"x","b.l":[1,2]}""")]
    [InlineData("delimiter=-", """Outer:{a int32, b-t string?, b-l [int32]} {"a":1,"b-t":"x","b-l":[1,2]}""")]
    public void Nested_structs_become_one(string config, string expected)
    {
        var inner = new Schema(SchemaType.Struct,
            fields: [("t", Schema.OptionalString), ("l", new(SchemaType.Array, valueSchema: IntSchema))]);
        var value = Struct("Outer", ("a", IntSchema, 1), ("b", inner, Fill(inner, "x", new List<object?> { 1, 2 })));

        Assert.Equal(expected, Value("Flatten$Value", config, value));
    }

    [Fact]
    public void What_is_in_an_optional_struct_is_optional()
    {
        var inner = new Schema(SchemaType.Struct, optional: true, fields: [("x", IntSchema)]);

        Assert.Equal("""{b.x int32?} {"b.x":null}""", Value("Flatten$Value", "", Struct(null, ("b", inner, null))));
        Assert.Equal("""{b.x int32?} {"b.x":5}""", Value("Flatten$Value", "", Struct(null, ("b", inner, Fill(inner, 5)))));
    }

    [Fact]
    public void A_structs_default_gives_those_of_its_fields()
    {
        var plain = new Schema(SchemaType.Struct,
            fields: [("x", IntSchema), ("y", new(SchemaType.Int32, optional: true, defaultValue: 9))]);
        var inner = new Schema(SchemaType.Struct, optional: true, defaultValue: Fill(plain, 7, null),
            fields: plain.Fields.Select(field => (field.Name, field.Schema)));

        Assert.Equal(
            """{b.x int32?=7, b.y int32?=9} {"b.x":7,"b.y":9}""", Value("Flatten$Value", "", Struct(null, ("b", inner, null))));
    }

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("Flatten$Key", "", Json("""{"a":{"b":1}}"""), Json("""{"a":{"b":1}}"""));

        Assert.Equal("""schemaless {"a.b":1}""", Write(record.Key));
        Assert.Equal("""schemaless {"a":{"b":1}}""", Write(record.Value));
    }

    [Fact]
    public void A_tombstone_passes()
    {
        var schema = Struct("View", ("a", IntSchema, 1)).Schema;

        Assert.Equal("schemaless null", Value("Flatten$Value", "", ConnectValue.Null));
        Assert.Same(schema, Apply("Flatten$Value", "", ConnectValue.NullOf(schema)).Value.Schema);
    }

    [Fact]
    public void Data_that_cannot_be_flattened_is_refused()
    {
        var map = new Schema(SchemaType.Map, keySchema: TextSchema, valueSchema: IntSchema);
        var inner = new Schema(SchemaType.Struct, fields: [("m", map)]);
        var mixed = new Dictionary<string, object?> { ["s"] = Fill(inner, (object?)null) };

        Assert.Equal(
            "Only Map objects supported in absence of schema for [flattening], found: Int64", Refusal("Flatten$Value", "", Json("1")));
        Assert.Equal(
            "Only Struct objects supported for [flattening], found: Int32",
            Refusal("Flatten$Value", "", ConnectValue.From(1, IntSchema)));
        Assert.Equal(
            "Flatten transformation does not support MAP for record with schemas (for field b.m).",
            Refusal("Flatten$Value", "", Struct(null, ("b", inner, Fill(inner, new Dictionary<string, object?>())))));
        Assert.Equal(
            "Flatten transformation does not support Struct for record without schemas (for field s).",
            Refusal("Flatten$Value", "", ConnectValue.From(mixed)));
        Assert.Equal(
            "Cannot create field because of field name duplication b.x",
            Refusal("Flatten$Value", "", Struct(null,
                ("b.x", IntSchema, 1), ("b", new(SchemaType.Struct, fields: [("x", IntSchema)]), null))));
    }
}
