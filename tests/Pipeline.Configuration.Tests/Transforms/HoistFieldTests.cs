using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class HoistFieldTests
{
    [Theory]
    [InlineData("1", """{"f":1}""")]
    [InlineData("""{"a":1}""", """{"f":{"a":1}}""")]
    [InlineData("null", """{"f":null}""")]
    public void Data_without_a_schema_becomes_an_entry(string json, string expected)
        => Assert.Equal("schemaless " + expected, Value("HoistField$Value", "field=f", Json(json)));

    [Fact]
    public void Data_with_a_schema_becomes_a_field()
    {
        Assert.Equal("""{f string?} {"f":"text"}""", Value("HoistField$Value", "field=f", ConnectValue.FromUtf8("text"u8.ToArray())));
        Assert.Equal("""{f bytes?} {"f":0102}""", Value("HoistField$Value", "field=f", ConnectValue.FromBytes(new byte[] { 1, 2 })));
        Assert.Equal("""{f string?} {"f":null}""", Value("HoistField$Value", "field=f", ConnectValue.NullOf(Schema.OptionalString)));
        Assert.Equal(
            """{f View:{a int32}} {"f":{"a":1}}""",
            Value("HoistField$Value", "field=f", Struct("View", ("a", IntSchema, 1))));
    }

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("HoistField$Key", "field=f", Json("2"), Json("1"));

        Assert.Equal("""schemaless {"f":1}""", Write(record.Key));
        Assert.Equal("schemaless 2", Write(record.Value));
    }

    [Fact]
    public void The_field_must_be_given()
        => Assert.Equal(
            "Missing required configuration \"field\" which has no default value.",
            Assert.Throws<ConfigException>(() => Create("HoistField$Value", "")).Message);
}
