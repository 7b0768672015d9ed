using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class InsertHeaderTests
{
    [Theory]
    [InlineData("null", "schemaless null")]
    [InlineData("true", "boolean true")]
    [InlineData("false", "boolean false")]
    [InlineData("True", "string \"True\"")]
    [InlineData("127", "int8 127")]
    [InlineData("-129", "int16 -129")]
    [InlineData("40000", "int32 40000")]
    [InlineData("+5000000000", "int64 5000000000")]
    [InlineData("1e3", "int16 1000")]
    [InlineData("9223372036854775808", "Decimal:v1:bytes 9223372036854775808")]
    [InlineData("1.5", "float32 1.5")]
    [InlineData("1e300", "float64 1E+300")]
    [InlineData("-1.5e39", "float64 -1.5E+39")]
    [InlineData("2024-05-06", "Date:v1:int32 2024-05-06T00:00:00.0000000Z")]
    [InlineData("07:08:09.123Z", "Time:v1:int32 1970-01-01T07:08:09.1230000Z")]
    [InlineData("2024-05-06T07:08:09.123Z", "Timestamp:v1:int64 2024-05-06T07:08:09.1230000Z")]
    [InlineData("2024-13-06", "string \"2024-13-06\"")]
    [InlineData("1.2.3", "string \"1.2.3\"")]
    [InlineData("text of words", "string \"text of words\"")]
    [InlineData(" 12 ", "int8 12")]
    [InlineData("\"quoted\"", "string \"\"quoted\"\"")]
    [InlineData("[1, 2, 300]", "[int16] [1,2,300]")]
    [InlineData("[1, 2.5]", "[float32] [1,2.5]")]
    [InlineData("[\"a\", \"b\\\"c\"]", "[string] [\"a\",\"b\"c\"]")]
    [InlineData("[1, \"a\"]", "schemaless [1,\"a\"]")]
    [InlineData("[null, true]", "[boolean] [null,true]")]
    [InlineData("[]", "schemaless []")]
    [InlineData("[[1], [2]]", "[[int8]] [[1],[2]]")]
    [InlineData("[07:08:09.123Z]", "[Time:v1:int32] [1970-01-01T07:08:09.1230000Z]")]
    [InlineData("{\"a\": 1, \"b\": 1000}", "map {\"a\":1,\"b\":1000}")]
    [InlineData("{\"a\":1,\"a\":2}", "map {\"a\":2}")]
    [InlineData("{\"a\":[1],\"b\":\"x\"}", "schemaless {\"a\":[1],\"b\":\"x\"}")]
    [InlineData("[1, 2", "string \"[1, 2\"")]
    [InlineData("[1, 2] x", "string \"[1, 2] x\"")]
    [InlineData("[1,]", "string \"[1,]\"")]
    [InlineData("[a, b]", "string \"[a, b]\"")]
    [InlineData("{\"a\":}", "string \"{\"a\":}\"")]
    [InlineData("{null:1}", "string \"{null:1}\"")]
    public void A_literal_gives_a_header_of_its_type(string literal, string expected)
    {
        var transform = Transforming.Plugins.CreateTransform("InsertHeader");
        transform.Configure(new Dictionary<string, string> { ["header"] = "h", ["value.literal"] = literal });
        var record = Record(Json("1"));

        Assert.True(transform.Apply(ref record));

        Assert.Equal(expected, Write(Assert.Single(record.Headers).Value));
    }

    [Fact]
    public void Lists_within_each_other_without_end_are_text()
    {
        var literal = new string('[', 100_000);
        Assert.Equal($"string \"{literal}\"", Write(Assert.Single(Apply("InsertHeader", $"header=h value.literal={literal}", Json("1")).Headers).Value));
    }

    [Fact]
    public void The_header_comes_last_beside_others_of_its_name_and_on_tombstones_too()
    {
        var record = Record(ConnectValue.Null) with
        {
            Headers = [new("h", ConnectValue.From("old")), new("i", ConnectValue.From(1))],
        };

        Assert.True(Create("InsertHeader", "header=h value.literal=new").Apply(ref record));

        Assert.Equal("h=old i=1 h=new", string.Join(' ', record.Headers.Select(header => $"{header.Key}={header.Value.Value}")));
        Assert.True(record.Value.IsNull);
    }

    [Theory]
    [InlineData("value.literal=1", "Missing required configuration \"header\" which has no default value.")]
    [InlineData("header=h", "Missing required configuration \"value.literal\" which has no default value.")]
    [InlineData("header= value.literal=1", "Invalid value  for configuration header: String must be non-empty")]
    [InlineData("header=h value.literal=", "Invalid value  for configuration value.literal: String must be non-empty")]
    public void Keys_that_are_not_allowed_are_refused(string config, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Create("InsertHeader", config)).Message);
}
