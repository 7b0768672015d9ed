using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class SetSchemaMetadataTests
{
    [Theory]
    [InlineData("schema.name=New", "New:v3:")]
    [InlineData("schema.version=4", "Old:v4:")]
    [InlineData("schema.name=New schema.version=4", "New:v4:")]
    public void Name_and_version_are_set_and_all_else_stays(string config, string expected)
    {
        var schema = new Schema(SchemaType.Struct, optional: true, name: "Old", version: 3, doc: "Doc.",
            parameters: new Dictionary<string, string> { ["p"] = "q" }, fields: [("a", IntSchema)]);

        var result = Apply("SetSchemaMetadata$Value", config, ConnectValue.From(Fill(schema, 1), schema)).Value;

        Assert.Equal(expected + """{a int32}? {"a":1}""", Write(result));
        Assert.Same(result.Schema, ((Struct)result.Value!).Schema);
        Assert.Equal(("Doc.", "q"), (result.Schema!.Doc, result.Schema.Parameters!["p"]));
    }

    [Fact]
    public void All_kinds_of_schemas_have_a_name()
    {
        const string config = "schema.name=N";
        var list = new Schema(SchemaType.Array, valueSchema: IntSchema);
        var map = new Schema(SchemaType.Map, keySchema: TextSchema, valueSchema: IntSchema);

        Assert.Equal("N:string? text", Value("SetSchemaMetadata$Value", config, ConnectValue.FromUtf8("text"u8.ToArray())));
        Assert.Equal("N:bytes? raw", Value("SetSchemaMetadata$Value", config, ConnectValue.FromBytes("raw"u8.ToArray())));
        Assert.Equal("N:int32 1", Value("SetSchemaMetadata$Value", config, ConnectValue.From(1, IntSchema)));
        Assert.Equal(
            "N:[int32] [1]",
            Value("SetSchemaMetadata$Value", config, ConnectValue.From(new List<object?> { 1 }, list)));
        var result = Apply("SetSchemaMetadata$Value", config, ConnectValue.From(new Dictionary<string, object?>(), map)).Value.Schema!;
        Assert.Equal((TextSchema, IntSchema), (result.KeySchema, result.ValueSchema));
    }

    [Fact]
    public void A_tombstone_passes_and_gets_the_name_where_it_has_a_schema()
    {
        Assert.Equal("schemaless null", Value("SetSchemaMetadata$Value", "schema.name=N", ConnectValue.Null));
        Assert.Equal("N:string? null", Value("SetSchemaMetadata$Value", "schema.name=N", ConnectValue.NullOf(Schema.OptionalString)));
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("replace.null.with.default=false", null)]
    public void A_default_stands_in_for_null_where_it_is_wanted(string config, object? expected)
    {
        var value = Struct(null, ("a", new(SchemaType.Int32, optional: true, defaultValue: 7), null));

        Assert.Equal(expected, ((Struct)Apply("SetSchemaMetadata$Value", "schema.name=N " + config, value).Value.Value!)["a"]);
    }

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("SetSchemaMetadata$Key", "schema.name=N", ConnectValue.From(2, IntSchema), ConnectValue.From(1, IntSchema));

        Assert.Equal("N:int32 1", Write(record.Key));
        Assert.Equal("int32 2", Write(record.Value));
    }

    [Fact]
    public void Data_without_a_schema_is_refused()
        => Assert.Equal(
            "Schema required for [updating schema metadata]",
            Refusal("SetSchemaMetadata$Value", "schema.name=N", Json("""{"a":1}""")));

    [Theory]
    [InlineData("", "Neither schema name nor version configured: give schema.name, schema.version or both")]
    [InlineData("schema.version=x", "Invalid value x for configuration schema.version: Not a number of type INT")]
    public void Keys_that_are_not_allowed_are_refused(string config, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Create("SetSchemaMetadata$Value", config)).Message);
}
