using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class InsertFieldTests
{
    [Theory]
    [InlineData("topic.field=t", """schemaless {"a":1,"t":"views"}""")]
    [InlineData("topic.field=t?", """schemaless {"a":1,"t":"views"}""")]
    [InlineData("topic.field=t!", """schemaless {"a":1,"t":"views"}""")]
    [InlineData("partition.field=p", """schemaless {"a":1,"p":3}""")]
    [InlineData("offset.field=o", """schemaless {"a":1,"o":42}""")]
    [InlineData("timestamp.field=ts", """schemaless {"a":1,"ts":1700000000123}""")]
    [InlineData("static.field=s static.value=fixed", """schemaless {"a":1,"s":"fixed"}""")]
    [InlineData("static.field=a static.value=fixed", """schemaless {"a":"fixed"}""")]
    [InlineData("offset.field=o topic.field=t", """schemaless {"a":1,"t":"views","o":42}""")]
    public void Metadata_goes_into_entries_of_maps(string config, string expected)
    {
        var value = Json("""{"a":1}""");

        Assert.Equal(expected, Value("InsertField$Value", config, value));
        Assert.Equal("""schemaless {"a":1}""", Write(value));
    }

    [Theory]
    [InlineData("topic.field=t", """View:{a int32, t string?} {"a":1,"t":"views"}""")]
    [InlineData("topic.field=t?", """View:{a int32, t string?} {"a":1,"t":"views"}""")]
    [InlineData("topic.field=t!", """View:{a int32, t string} {"a":1,"t":"views"}""")]
    [InlineData("partition.field=p", """View:{a int32, p int32?} {"a":1,"p":3}""")]
    [InlineData("partition.field=p!", """View:{a int32, p int32} {"a":1,"p":3}""")]
    [InlineData("offset.field=o", """View:{a int32, o int64?} {"a":1,"o":42}""")]
    [InlineData("offset.field=o!", """View:{a int32, o int64} {"a":1,"o":42}""")]
    [InlineData("timestamp.field=ts", """View:{a int32, ts Timestamp:v1:int64?} {"a":1,"ts":2023-11-14T22:13:20.1230000Z}""")]
    [InlineData("timestamp.field=ts!", """View:{a int32, ts Timestamp:v1:int64} {"a":1,"ts":2023-11-14T22:13:20.1230000Z}""")]
    [InlineData("static.field=s static.value=fixed", """View:{a int32, s string?} {"a":1,"s":"fixed"}""")]
    [InlineData("static.field=s! static.value=fixed", """View:{a int32, s string} {"a":1,"s":"fixed"}""")]
    public void Metadata_goes_into_fields_of_structs(string config, string expected)
        => Assert.Equal(expected, Value("InsertField$Value", config, Struct("org.example.View", ("a", IntSchema, 1))));

    [Theory]
    [InlineData("", 7)]
    [InlineData("replace.null.with.default=true", 7)]
    [InlineData("replace.null.with.default=false", null)]
    public void A_default_stands_in_for_null_where_it_is_wanted(string config, object? expected)
    {
        var value = Struct(null, ("a", new(SchemaType.Int32, optional: true, defaultValue: 7), null));

        var result = (Struct)Apply("InsertField$Value", "topic.field=t " + config, value).Value.Value!;

        Assert.Equal(expected, result["a"]);
    }

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("InsertField$Key", "topic.field=t", Json("""{"v":1}"""), Json("""{"k":1}"""));

        Assert.Equal("""schemaless {"k":1,"t":"views"}""", Write(record.Key));
        Assert.Equal("""schemaless {"v":1}""", Write(record.Value));
    }

    [Fact]
    public void A_record_without_a_timestamp_gets_no_timestamp()
    {
        var record = Record(Json("""{"a":1}""")) with { Timestamp = -1, TimestampType = TimestampType.None };
        var typed = Record(Struct(null, ("a", IntSchema, 1))) with { Timestamp = -1, TimestampType = TimestampType.None };
        var transform = Create("InsertField$Value", "timestamp.field=ts");

        transform.Apply(ref record);
        transform.Apply(ref typed);

        Assert.Equal("""schemaless {"a":1}""", Write(record.Value));
        Assert.Equal("""{a int32, ts Timestamp:v1:int64?} {"a":1,"ts":null}""", Write(typed.Value));
    }

    [Fact]
    public void A_tombstone_passes()
        => Assert.Equal("schemaless null", Value("InsertField$Value", "topic.field=t", ConnectValue.Null));

    [Theory]
    [InlineData("[1]", "Only Map objects supported in absence of schema for [field insertion], found: List")]
    [InlineData("1", "Only Map objects supported in absence of schema for [field insertion], found: Int64")]
    public void Data_without_fields_is_refused(string json, string message)
        => Assert.Equal(message, Refusal("InsertField$Value", "topic.field=t", Json(json)));

    [Fact]
    public void Text_is_refused()
        => Assert.Equal(
            "Only Struct objects supported for [field insertion], found: String",
            Refusal("InsertField$Value", "topic.field=t", ConnectValue.FromUtf8("text"u8.ToArray())));

    [Fact]
    public void A_field_that_is_there_already_is_refused_where_there_is_a_schema()
        => Assert.Equal(
            "Cannot create field because of field name duplication a",
            Refusal("InsertField$Value", "topic.field=a", Struct(null, ("a", IntSchema, 1))));

    [Theory]
    [InlineData("", "No field insertion configured")]
    [InlineData("static.value=x", "No field insertion configured")]
    [InlineData("static.field=s", "Invalid value null for configuration static.value: No value specified for static field: s")]
    public void Keys_that_do_not_fit_together_are_refused(string config, string message)
        => Assert.StartsWith(message, Assert.Throws<ConfigException>(() => Create("InsertField$Value", config)).Message);

    [Fact]
    public void Equal_schemas_give_one_schema()
    {
        var transform = Create("InsertField$Value", "topic.field=t");
        var first = Record(Struct(null, ("a", IntSchema, 1)));
        var second = Record(ConnectValue.From(Fill(first.Value.Schema!, 2), first.Value.Schema));

        transform.Apply(ref first);
        transform.Apply(ref second);

        Assert.Same(first.Value.Schema, second.Value.Schema);
        Assert.Equal("""{a int32, t string?} {"a":2,"t":"views"}""", Write(second.Value));
    }
}
