using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class HeaderTests
{
    [Theory]
    [InlineData("a", "b c a2")]
    [InlineData("a,c", "b a2")]
    [InlineData("A,none", "a b c a2 a")]
    public void Headers_are_dropped_by_their_names(string names, string left)
    {
        var record = Record(Json("1")) with { Headers = Headers("a", "b", "c", "a2", "a") };

        Assert.True(Create("DropHeaders", $"headers={names}").Apply(ref record));

        Assert.Equal(left, string.Join(' ', record.Headers.Select(header => header.Key)));
    }

    [Fact]
    public void A_list_without_names_is_refused()
        => Assert.Contains("Empty list", Assert.Throws<ConfigException>(() => Create("DropHeaders", "headers=")).Message);

    [Theory]
    [InlineData("copy", """{"a":1,"b":"x","c":null}""")]
    [InlineData("move", """{"c":null}""")]
    public void Entries_of_a_map_become_headers(string operation, string left)
    {
        var config = $"fields=a,b,none headers=h,i,j operation={operation}";
        var record = Record(Json("""{"a":1,"b":"x","c":null}"""), Json("5")) with { Headers = Headers("before", "h") };

        Assert.True(Create("HeaderFrom$Value", config).Apply(ref record));

        Assert.Equal("schemaless " + left, Write(record.Value));
        Assert.Equal("schemaless 5", Write(record.Key));
        Assert.Equal(
            ["before=schemaless 0", "h=schemaless 1", "h=schemaless 1", "i=schemaless \"x\"", "j=schemaless null"],
            record.Headers.Select(header => $"{header.Key}={Write(header.Value)}"));
    }

    [Theory]
    [InlineData("copy", """View:{a int32, b string} {"a":1,"b":"x"}""")]
    [InlineData("move", """View:{a int32} {"a":1}""")]
    public void Fields_of_a_struct_become_headers_with_their_schemas(string operation, string left)
    {
        var value = Struct("View", ("a", IntSchema, 1), ("b", TextSchema, "x"));

        var record = Apply("HeaderFrom$Key", $"fields=b headers=h operation={operation}", Json("1"), value);

        Assert.Equal(left, Write(record.Key));
        Assert.Equal("h=string \"x\"", $"{record.Headers[0].Key}={Write(record.Headers[0].Value)}");
    }

    [Theory]
    [InlineData("true", "h=string?=d \"d\"")]
    [InlineData("false", "h=string?=d null")]
    public void A_default_stands_in_for_null_unless_it_shall_not(string replaces, string expected)
    {
        var schema = new Schema(SchemaType.String, optional: true, defaultValue: "d");
        var record = Apply(
            "HeaderFrom$Value", $"fields=a headers=h operation=copy replace.null.with.default={replaces}", Struct(null, ("a", schema, null)));
        Assert.Equal(expected, $"{record.Headers[0].Key}={Write(record.Headers[0].Value)}");
    }

    [Fact]
    public void What_has_no_fields_is_an_error()
    {
        const string config = "fields=a headers=h operation=move";
        Assert.Equal(
            "Only Map objects supported in absence of schema for [header move], found: null", Refusal("HeaderFrom$Value", config, ConnectValue.Null));
        Assert.StartsWith("Only Map objects supported in absence of schema for [header move], found: ", Refusal("HeaderFrom$Value", config, Json("1")));
        Assert.Equal(
            "Only Struct objects supported for [header move], found: null",
            Refusal("HeaderFrom$Value", config, ConnectValue.NullOf(Struct("View", ("a", IntSchema, 1)).Schema)));
        Assert.Equal("Field does not exist: a", Refusal("HeaderFrom$Value", config, Struct("View", ("b", IntSchema, 1))));
    }

    [Theory]
    [InlineData("fields=a,b headers=h operation=copy", "'fields' config must have the same number of elements as 'headers' config.")]
    [InlineData("fields=a headers=h operation=cut", "Invalid value cut for configuration operation: String must be one of: move, copy")]
    [InlineData("fields=a headers=h", "Missing required configuration \"operation\" which has no default value.")]
    [InlineData("headers=h operation=copy", "Missing required configuration \"fields\" which has no default value.")]
    public void Keys_that_do_not_fit_are_refused(string config, string message)
        => Assert.StartsWith(message, Assert.Throws<ConfigException>(() => Create("HeaderFrom$Value", config)).Message);

    private static Header[] Headers(params string[] names) => [.. names.Select((name, i) => new Header(name, Json(name == "h" ? "1" : $"{i}")))];
}
