using System.Numerics;
using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class MaskFieldTests
{
    public static TheoryData<SchemaType, object, object> EmptyValues => new()
    {
        { SchemaType.Boolean, true, false },
        { SchemaType.Int8, (sbyte)42, (sbyte)0 },
        { SchemaType.Int16, (short)42, (short)0 },
        { SchemaType.Int32, 42, 0 },
        { SchemaType.Int64, 42L, 0L },
        { SchemaType.Float32, 4.2f, 0f },
        { SchemaType.Float64, 4.2, 0d },
        { SchemaType.String, "text", "" },
    };

    public static TheoryData<object, string, object> Replacements => new()
    {
        { (sbyte)42, "123", (sbyte)123 },
        { (short)42, "123", (short)123 },
        { 42, "123", 123 },
        { 42, "123.9", 123 },
        { 42, "1.2e2", 120 },
        { 42L, "-9223372036854775808", long.MinValue },
        { 4.2f, "1.5", 1.5f },
        { 4.2, "1.5", 1.5 },
        { 4.2, "NaN", double.NaN },
        { "text", "***-***", "***-***" },
        { new BigInteger(42), "123", new BigInteger(123) },
        { new BigDecimal(4200, 2), "12.3", new BigDecimal(1230, 2) },
        { new BigDecimal(42, 0), "12.3", new BigDecimal(123, 1) },
        { 42.00m, "7", new BigDecimal(700, 2) },
    };

    [Theory]
    [MemberData(nameof(EmptyValues))]
    public void A_value_gives_way_to_the_empty_one_of_its_type(SchemaType type, object value, object expected)
    {
        var typed = (Struct)Apply("MaskField$Value", "fields=f", Struct(null, ("f", new(type), value))).Value.Value!;
        var map = Map(Apply("MaskField$Value", "fields=f", Map(value)).Value);

        Assert.Equal(expected, typed["f"]);
        Assert.Equal(expected, map["f"]);
    }

    [Fact]
    public void Numbers_of_any_size_times_lists_and_maps_have_an_empty_value_too()
    {
        Assert.Equal(BigInteger.Zero, Masked(BigInteger.Pow(10, 40)));
        Assert.Equal(new BigDecimal(0, 2), Masked(new BigDecimal(4200, 2)));
        Assert.Equal(new BigDecimal(0, 1), Masked(4.2m));
        Assert.Equal(DateTimeOffset.UnixEpoch, Masked(DateTimeOffset.UtcNow));
        Assert.Empty(Assert.IsAssignableFrom<IReadOnlyList<object?>>(Masked(new List<object?> { 1 })));
        Assert.Empty(Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(
            Masked(new Dictionary<string, object?> { ["a"] = 1 })));
        Assert.Empty(Assert.IsType<Dictionary<object, object?>>(Masked(new Dictionary<object, object?> { [1] = 1 })));

        static object? Masked(object value) => Map(Apply("MaskField$Value", "fields=f", Map(value)).Value)["f"];
    }

    [Theory]
    [MemberData(nameof(Replacements))]
    public void A_value_gives_way_to_the_replacement(object value, string replacement, object expected)
        => Assert.Equal(expected, Map(Apply("MaskField$Value", "fields=f replacement=" + replacement, Map(value)).Value)["f"]);

    [Fact]
    public void All_named_fields_are_masked_and_no_others()
    {
        Assert.Equal(
            """schemaless {"ip":"","user":"x","n":0}""",
            Value("MaskField$Value", "fields=ip,n", Json("""{"ip":"10.0.0.1","user":"x","n":5}""")));
        Assert.Equal(
            """View:{ip string?, n int32} {"ip":"","n":1}""",
            Value("MaskField$Value", "fields=ip,nothing", Struct("View", ("ip", Schema.OptionalString, "10.0.0.1"), ("n", IntSchema, 1))));
    }

    [Fact]
    public void Null_stays_null_and_a_field_that_is_not_there_becomes_null()
        => Assert.Equal(
            """schemaless {"a":null,"b":null}""",
            Value("MaskField$Value", "fields=a,b replacement=1", Json("""{"a":null}""")));

    [Theory]
    [InlineData("", "***")]
    [InlineData("replace.null.with.default=false", null)]
    public void A_default_stands_in_for_null_where_it_is_wanted(string config, object? expected)
    {
        var value = Struct(null, ("a", new(SchemaType.String, optional: true, defaultValue: "secret"), null));

        var result = (Struct)Apply("MaskField$Value", "fields=a replacement=*** " + config, value).Value.Value!;

        Assert.Equal(expected, result["a"]);
    }

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("MaskField$Key", "fields=a", Json("""{"a":1}"""), Json("""{"a":1}"""));

        Assert.Equal("""schemaless {"a":0}""", Write(record.Key));
        Assert.Equal("""schemaless {"a":1}""", Write(record.Value));
    }

    [Theory]
    [InlineData("", "null", "Only Map objects supported in absence of schema for [mask fields], found: null")]
    [InlineData("", "[]", "Only Map objects supported in absence of schema for [mask fields], found: List")]
    [InlineData("replacement=x", """{"f":1}""", "Unable to convert the replacement x to a number.")]
    [InlineData("replacement=x", """{"f":1.5}""", "Unable to convert the replacement x to a number.")]
    [InlineData("replacement=9223372036854775808", """{"f":1}""",
        "The replacement 9223372036854775808 does not fit a field of the range -9223372036854775808 to 9223372036854775807.")]
    [InlineData("replacement=1", """{"f":true}""", "Cannot mask value of type Boolean with custom replacement.")]
    [InlineData("replacement=1", """{"f":[1]}""", "Cannot mask value of type List with custom replacement.")]
    [InlineData("replacement=1", """{"f":{}}""", "Cannot mask value of type Map with custom replacement.")]
    public void What_cannot_be_masked_is_refused(string config, string json, string message)
        => Assert.Equal(message, Refusal("MaskField$Value", "fields=f " + config, Json(json)));

    [Fact]
    public void Structs_and_bytes_in_a_field_are_refused_and_so_is_null_that_has_a_schema()
    {
        var inner = Struct(null, ("a", IntSchema, 1));

        Assert.Equal(
            "Cannot mask value of type: Struct",
            Refusal("MaskField$Value", "fields=f", Struct(null, ("f", inner.Schema!, inner.Value))));
        Assert.Equal(
            "Cannot mask value of type: Byte[]",
            Refusal("MaskField$Value", "fields=f", Struct(null, ("f", Schema.OptionalBytes, new byte[1]))));
        Assert.Equal(
            "Only Struct objects supported for [mask fields], found: null",
            Refusal("MaskField$Value", "fields=f", ConnectValue.NullOf(inner.Schema)));
    }

    [Theory]
    [InlineData("", "Missing required configuration \"fields\" which has no default value.")]
    [InlineData("fields=", "Invalid value [] for configuration fields: Empty list")]
    [InlineData("fields=a replacement=", "Invalid value  for configuration replacement: String must be non-empty")]
    public void Keys_that_are_not_allowed_are_refused(string config, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Create("MaskField$Value", config)).Message);

    private static ConnectValue Map(object value) => ConnectValue.From(new Dictionary<string, object?> { ["f"] = value });

    private static IReadOnlyDictionary<string, object?> Map(ConnectValue value)
        => Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(value.Value);
}
