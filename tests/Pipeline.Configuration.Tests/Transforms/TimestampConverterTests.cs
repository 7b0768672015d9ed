using Exports.Connectors.Sdk;
using static Exports.Pipeline.Configuration.Tests.Transforms.Transforming;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class TimestampConverterTests
{
    private const string Whole = "TimestampConverter$Value";
    private const string Format = "format=yyyy-MM-dd'T'HH:mm:ss.SSS";

    private static readonly DateTimeOffset s_time = DateTimeOffset.FromUnixTimeMilliseconds(Transforming.Timestamp);
    private static readonly Schema s_timestamp = new(SchemaType.Int64, name: LogicalTypes.Timestamp, version: 1);

    [Theory]
    [InlineData("string", "\"2023-11-14T22:13:20.123\"", "string")]
    [InlineData("unix", "1700000000123", "int64")]
    [InlineData("Date", "2023-11-14T00:00:00.0000000Z", "Date:v1:int32")]
    [InlineData("Time", "1970-01-01T22:13:20.1230000Z", "Time:v1:int32")]
    [InlineData("Timestamp", "2023-11-14T22:13:20.1230000Z", "Timestamp:v1:int64")]
    public void Every_form_becomes_every_other(string target, string expected, string schema)
    {
        var config = $"target.type={target} {Format}";
        Assert.Equal("schemaless " + expected, Value(Whole, config, Json("1700000000123")));
        Assert.Equal("schemaless " + expected, Value(Whole, config, Json("\"2023-11-14T22:13:20.123\"")));
        Assert.Equal("schemaless " + expected, Value(Whole, config, ConnectValue.From(s_time)));
        Assert.Equal($"{schema} {expected}", Value(Whole, config, ConnectValue.From(s_time, s_timestamp)));
        Assert.Equal($"{schema} {expected}", Value(Whole, config, ConnectValue.From(1700000000123L, new(SchemaType.Int64))));
        Assert.Equal($"{schema} {expected}", Value(Whole, config, ConnectValue.From("2023-11-14T22:13:20.123", TextSchema)));
    }

    [Theory]
    [InlineData("seconds", 1_700_000_000)]
    [InlineData("milliseconds", 1_700_000_000_123)]
    [InlineData("microseconds", 1_700_000_000_123_000)]
    [InlineData("nanoseconds", 1_700_000_000_123_000_000)]
    public void Unix_times_are_of_the_unit_that_is_given(string unit, long number)
    {
        Assert.Equal($"schemaless {number}", Value(Whole, $"target.type=unix unix.precision={unit}", ConnectValue.From(s_time)));

        var time = (DateTimeOffset)Apply(Whole, $"target.type=Timestamp unix.precision={unit}", ConnectValue.From(number)).Value.Value!;
        Assert.Equal(unit == "seconds" ? s_time.AddMilliseconds(-123) : s_time, time);
    }

    [Fact]
    public void Dates_and_times_of_day_are_read_by_their_schemas()
    {
        var date = ConnectValue.From(LogicalTypes.DateFromDays(19_675), new(SchemaType.Int32, name: LogicalTypes.Date, version: 1));
        var time = ConnectValue.From(LogicalTypes.TimeFromMilliseconds(1500), new(SchemaType.Int32, optional: true, name: LogicalTypes.Time, version: 1));

        Assert.Equal("int64 1699920000000", Value(Whole, "target.type=unix", date));
        Assert.Equal("int64? 1500", Value(Whole, "target.type=unix", time));
        Assert.Equal("Timestamp:v1:int64? 1970-01-01T00:00:01.5000000Z", Value(Whole, "target.type=Timestamp", time));
    }

    [Fact]
    public void A_field_is_changed_and_no_other()
    {
        const string config = "field=at target.type=string format=yyyyMMdd";

        Assert.Equal("""schemaless {"at":"20231114","n":1}""", Value(Whole, config, Json("""{"at":1700000000123,"n":1}""")));
        Assert.Equal(
            """View:{at string?, n int32} {"at":"20231114","n":1}""",
            Value(Whole, config, Struct("View", ("at", new(SchemaType.Int64, optional: true), 1700000000123L), ("n", IntSchema, 1))));
    }

    [Fact]
    public void The_variant_for_keys_leaves_the_value_alone()
    {
        var record = Apply("TimestampConverter$Key", "target.type=Date", Json("1700000000123"), Json("1700000000123"));

        Assert.Equal("schemaless 2023-11-14T00:00:00.0000000Z", Write(record.Key));
        Assert.Equal("schemaless 1700000000123", Write(record.Value));
    }

    [Fact]
    public void Null_stays_null_and_a_field_that_is_not_there_becomes_null_without_a_schema()
    {
        Assert.Equal("schemaless null", Value(Whole, "target.type=unix", ConnectValue.Null));
        Assert.Equal("schemaless null", Value(Whole, "field=at target.type=unix", ConnectValue.Null));
        Assert.Equal("int64? null", Value(Whole, "target.type=unix", ConnectValue.NullOf(Schema.OptionalString)));
        Assert.Equal("""schemaless {"at":null}""", Value(Whole, "field=at target.type=unix", Json("""{"at":null}""")));
        Assert.Equal("""schemaless {"n":1,"at":null}""", Value(Whole, "field=at target.type=unix", Json("""{"n":1}""")));
        Assert.Equal("""{n int32} {"n":1}""", Value(Whole, "field=at target.type=unix", Struct(null, ("n", IntSchema, 1))));
        var schema = Struct(null, ("at", new(SchemaType.Int64, optional: true), null)).Schema;
        Assert.Equal("{at string?} null", Value(Whole, "field=at target.type=string format=yyyy", ConnectValue.NullOf(schema)));
    }

    [Theory]
    [InlineData("", """{"at":1000}""")]
    [InlineData("replace.null.with.default=false", """{"at":null}""")]
    public void A_default_stands_in_for_null_where_it_is_wanted(string config, string expected)
        => Assert.Equal(
            "{at int64?} " + expected,
            Value(Whole, "field=at target.type=unix " + config, Struct(null, ("at", new(SchemaType.Int64, optional: true, defaultValue: 1000L), null))));

    [Theory]
    [InlineData("target.type=unix", "true", "TimestampConverter does not support Boolean objects as timestamps")]
    [InlineData("target.type=unix", "1.5", "TimestampConverter does not support Double objects as timestamps")]
    [InlineData("target.type=unix field=at", "[1]", "Only Map objects supported in absence of schema for [converting timestamp formats], found: List")]
    [InlineData("target.type=unix format=yyyy-MM-dd", "\"14.11.2023\"",
        "Could not parse timestamp: value (14.11.2023) does not match pattern (yyyy-MM-dd)")]
    [InlineData("target.type=unix", "\"2023\"", "The timestamp is a text (2023), which cannot be read without a pattern in 'format'.")]
    [InlineData("target.type=Date", "9223372036854775807", "The time 9223372036854775807 ms from 1970 is not within the years 1 to 9999.")]
    [InlineData("target.type=Date unix.precision=seconds", "9223372036854775807",
        "The time 9223372036854775807 seconds from 1970 is not within the years 1 to 9999.")]
    public void What_is_no_time_is_refused(string config, string json, string message)
        => Assert.Equal(message, Refusal(Whole, config, Json(json)));

    [Fact]
    public void Data_that_its_schema_says_is_no_time_is_refused()
    {
        Assert.Equal(
            "Schema INT32 does not correspond to a known timestamp type format",
            Refusal(Whole, "target.type=unix", ConnectValue.From(1, IntSchema)));
        Assert.Equal(
            "Only Struct objects supported for [converting timestamp formats], found: Int32",
            Refusal(Whole, "field=at target.type=unix", ConnectValue.From(1, IntSchema)));
        Assert.Contains(
            "has no 64-bit number of nanoseconds",
            Refusal(Whole, "target.type=unix unix.precision=nanoseconds", ConnectValue.From(DateTimeOffset.MaxValue, s_timestamp)));
    }

    [Theory]
    [InlineData("", "Missing required configuration \"target.type\" which has no default value.")]
    [InlineData("target.type=date", "Invalid value date for configuration target.type: String must be one of: string, unix, Date, Time, Timestamp")]
    [InlineData("target.type=string", "TimestampConverter requires format option to be specified when using string timestamps")]
    [InlineData("target.type=string format=bad",
        "Invalid value bad for configuration format: not a pattern of SimpleDateFormat: Illegal pattern character 'b'")]
    [InlineData("target.type=unix unix.precision=days",
        "Invalid value days for configuration unix.precision: String must be one of: nanoseconds, microseconds, milliseconds, seconds")]
    public void Keys_that_are_not_allowed_are_refused(string config, string message)
        => Assert.Equal(message, Assert.Throws<ConfigException>(() => Create(Whole, config)).Message);
}
