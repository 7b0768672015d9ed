using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class ValueToKeyTests
{
    [Theory]
    [InlineData("fields=b", """{"b":2}""")]
    [InlineData("fields=c,a", """{"c":{"d":3},"a":1}""")]
    [InlineData("fields=a,x", """{"a":1,"x":null}""")]
    public void Entries_of_the_value_become_the_key(string config, string expected)
    {
        var record = Apply("ValueToKey", config, Json("""{"a":1,"b":2,"c":{"d":3}}"""), Json("\"old\""));

        Assert.Equal("schemaless " + expected, Write(record.Key));
        Assert.Equal("""schemaless {"a":1,"b":2,"c":{"d":3}}""", Write(record.Value));
    }

    [Fact]
    public void Fields_of_the_value_become_the_key()
    {
        var value = Struct("View", ("a", IntSchema, 1), ("b", Schema.OptionalString, "x"), ("c", IntSchema, 3));

        var record = Apply("ValueToKey", "fields=b,a", value, ConnectValue.Null);

        Assert.Equal("""{b string?, a int32} {"b":"x","a":1}""", Write(record.Key));
        Assert.Same(value.Value, record.Value.Value);
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("replace.null.with.default=false", null)]
    public void A_default_stands_in_for_null_where_it_is_wanted(string config, object? expected)
    {
        var value = Struct(null, ("a", new(SchemaType.Int32, optional: true, defaultValue: 7), null));

        Assert.Equal(expected, ((Struct)Apply("ValueToKey", "fields=a " + config, value).Key.Value!)["a"]);
    }

    [Fact]
    public void A_field_that_the_schema_has_not_is_refused()
        => Assert.Equal("Field does not exist: x", Refusal("ValueToKey", "fields=a,x", Struct(null, ("a", IntSchema, 1))));

    [Theory]
    [InlineData("null", "Only Map objects supported in absence of schema for [copying fields from value to key], found: null")]
    [InlineData("1", "Only Map objects supported in absence of schema for [copying fields from value to key], found: Int64")]
    public void Data_without_fields_is_refused(string json, string message)
        => Assert.Equal(message, Refusal("ValueToKey", "fields=a", Json(json)));

    [Theory]
    [InlineData("", "Missing required configuration \"fields\" which has no default value.")]
    [InlineData("fields=", "Invalid value [] for configuration fields: Empty list")]
    public void Keys_that_are_not_allowed_are_refused(string config, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Create("ValueToKey", config)).Message);
}
