using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Conversion;

public class RecordConversionTests
{
    private static readonly PluginCatalog s_plugins = new([typeof(NullSinkConnector).Assembly]);

    [Fact]
    public void Bytes_pass_through_untouched()
    {
        var conversion = Create(("key.converter", "ByteArrayConverter"), ("value.converter", "ByteArrayConverter"));
        var value = "value"u8.ToArray();
        var record = Record(value: value);

        Assert.True(conversion.IsPassThrough);
        Assert.False(conversion.ReadsHeaders);
        Assert.True(conversion.Convert(ref record));
        Assert.True(record.Value.Bytes.Span == value.AsSpan());
        Assert.Equal("key", Text(record.Key));
    }

    [Fact]
    public void The_connectors_converters_win_over_the_workers_and_bring_their_own_keys()
    {
        var worker = new Dictionary<string, string>
        {
            ["key.converter"] = "BackwardsConverter",
            ["key.converter.prefix"] = "<",
            ["value.converter"] = "BackwardsConverter",
            ["value.converter.prefix"] = "<",
            ["header.converter"] = "BackwardsConverter",
        };
        // Without value.converter, value.converter.prefix of the connector is nobody's.
        var config = new Dictionary<string, string>
        { ["key.converter"] = "BackwardsConverter", ["value.converter.prefix"] = ">" };
        var conversion = RecordConversion.Create(s_plugins, config, Options(worker));
        var record = Record(headers: [new("h", ConnectValue.FromBytes("abc"u8.ToArray()))]);

        Assert.True(conversion.Convert(ref record));

        Assert.Equal("yek", record.Key.Value);
        Assert.Equal("<eulav", record.Value.Value);
        Assert.Equal("cba", Assert.Single(record.Headers).Value.Value);
        Assert.False(conversion.IsPassThrough);
    }

    [Fact]
    public void Headers_are_text_by_default_and_stay_in_order()
    {
        var conversion = Create(("key.converter", "ByteArrayConverter"), ("value.converter", "ByteArrayConverter"));
        var record = Record(headers: [new("a", ConnectValue.FromBytes("42"u8.ToArray())), new("a", ConnectValue.Null),
            new("b", ConnectValue.FromBytes("x"u8.ToArray()))]);

        Assert.True(conversion.Convert(ref record));

        Assert.Equal(["a", "a", "b"], record.Headers.Select(h => h.Key));
        Assert.Equal(["42", null, "x"], record.Headers.Select(h => h.Value.Value));
        Assert.Equal(ConnectValueKind.Utf8, record.Headers[0].Value.Kind);
    }

    [Fact]
    public void A_missing_converter_is_named()
        => Assert.Equal(
            "Missing required configuration \"value.converter\" which has no default value.",
            Assert.Throws<ConfigException>(() => Create(("key.converter", "Json"))).Message);

    [Fact]
    public void An_unknown_class_is_named()
    {
        Assert.Throws<PluginNotFoundException>(() => Create(("key.converter", "Nope"), ("value.converter", "Json")));
        Assert.Throws<PluginNotFoundException>(
            () => Create(("key.converter", "Json"), ("value.converter", "Json"), ("transforms", "t"),
            ("transforms.t.type", "Nope")));
        Assert.Throws<ConfigException>(() => Create(("key.converter", "Json"), ("value.converter", "Json"), ("transforms", "t")));
        Assert.Throws<ConfigException>(
            () => Create(("key.converter", "Json"), ("value.converter", "Json"), ("transforms", "t"),
            ("transforms.t.type", "AppendTransform$Nested"), ("transforms.t.predicate", "p")));
    }

    [Fact]
    public void Transforms_are_applied_in_order_where_their_predicate_says_so()
    {
        var conversion = Create(
            ("key.converter", "ByteArrayConverter"),
            ("value.converter", "StringConverter"),
            ("transforms", "one, two, three"),
            ("transforms.one.type", "Append"), ("transforms.one.text", "1"),
            ("transforms.two.type", "Append"), ("transforms.two.text", "2"), ("transforms.two.predicate", "p"),
            ("transforms.three.type", "Append"), ("transforms.three.text", "3"), ("transforms.three.predicate", "p"),
                ("transforms.three.negate", " TRUE "),
            ("predicates", "p"),
            ("predicates.p.type", "TopicIs"), ("predicates.p.topic", "t"));
        var record = Record(topic: "t");
        var other = Record(topic: "u");

        Assert.True(conversion.ReadsHeaders);
        Assert.False(conversion.IsPassThrough);
        Assert.True(conversion.Convert(ref record));
        Assert.True(conversion.Convert(ref other));
        Assert.Equal("value12", record.Value.Value);
        Assert.Equal("value13", other.Value.Value);
    }

    [Fact]
    public void A_predicate_that_is_not_defined_is_named_and_so_is_negate_without_one()
    {
        (string, string)[] config =
        [
            ("key.converter", "ByteArrayConverter"), ("value.converter", "StringConverter"),
            ("transforms", "t"), ("transforms.t.type", "Append"), ("transforms.t.text", "+"),
        ];

        Assert.Equal(
            "Invalid value q for configuration transforms.t.predicate: There is no predicate of that alias; predicates has: p, r",
            Assert.Throws<ConfigException>(() => Create([.. config, ("transforms.t.predicate", "q"), ("predicates", "p,r"),
                ("predicates.q.type", "TopicIs")])).Message);
        Assert.Equal(
            "Config 'transforms.t.negate' was provided but there is no config 'transforms.t.predicate' defining a predicate " +
                "to be negated.",
            Assert.Throws<ConfigException>(() => Create([.. config, ("transforms.t.negate", "true")])).Message);
    }

    [Fact]
    public void A_transform_whose_keys_are_wrong_is_named()
        => Assert.Equal(
            "transforms.t: Missing required configuration \"field\" which has no default value.",
            Assert.Throws<ConfigException>(() => Create(("key.converter", "ByteArrayConverter"), ("value.converter", "Json"),
                ("transforms", "t"), ("transforms.t.type", "HoistField$Value"))).Message);

    [Fact]
    public void A_built_in_transform_that_fails_is_named_with_its_variant()
    {
        var conversion = Create(("key.converter", "ByteArrayConverter"), ("value.converter", "StringConverter"),
            ("transforms", "t"), ("transforms.t.type", "Flatten$Value"));
        var record = Record();

        var error = Assert.Throws<ConversionException>(() => conversion.Convert(ref record));

        Assert.Equal("TRANSFORMATION", error.StageName);
        Assert.Equal("Exports.Pipeline.Transforms.Flatten+Value", error.ClassName);
        Assert.Equal(
            "Exports.Pipeline.Transforms.Flatten+Value (transforms.t) failed in stage TRANSFORMATION: " +
                "Only Struct objects supported for [flattening], found: String",
            error.Message);
        Assert.IsType<DataException>(error.InnerException);
        Assert.False(error.CanRetry);
    }

    [Theory]
    [InlineData("ByteArrayConverter")]
    [InlineData("StringConverter")]
    public void A_transform_sees_that_null_has_a_schema_where_all_values_have_one(string converter)
    {
        var conversion = Create(("key.converter", converter), ("value.converter", converter),
            ("transforms", "t"), ("transforms.t.type", "HoistField$Value"), ("transforms.t.field", "f"));
        var record = Record() with { Value = ConnectValue.Null };

        Assert.True(conversion.Convert(ref record));

        Assert.True(record.Value.Schema!.Field("f")!.Schema.IsOptional);
        Assert.Null(((Struct)record.Value.Value!)["f"]);
    }

    [Fact]
    public void A_dropped_record_is_dropped()
    {
        var conversion = Appending();
        var record = Record(value: "drop"u8.ToArray());

        Assert.False(conversion.Convert(ref record));
    }

    [Theory]
    [InlineData("key.converter", ConversionStage.KeyConverter, "KEY_CONVERTER")]
    [InlineData("value.converter", ConversionStage.ValueConverter, "VALUE_CONVERTER")]
    [InlineData("header.converter", ConversionStage.HeaderConverter, "HEADER_CONVERTER")]
    public void A_converter_that_fails_is_named_with_its_stage(string key, ConversionStage stage, string name)
    {
        var config = new Dictionary<string, string>
        {
            ["key.converter"] = "ByteArrayConverter",
            ["value.converter"] = "ByteArrayConverter",
            [key] = "BackwardsConverter"
        };
        var conversion = RecordConversion.Create(s_plugins, config, Options([]));
        var bad = "bad"u8.ToArray();
        var record = new SinkRecord
        {
            Topic = "t",
            Partition = 0,
            Offset = 1,
            Key = ConnectValue.FromBytes(bad),
            Value = ConnectValue.FromBytes(bad),
            Headers = [new("h", ConnectValue.FromBytes(bad))],
        };

        var error = Assert.Throws<ConversionException>(() => conversion.Convert(ref record));

        Assert.Equal(stage, error.Stage);
        Assert.Equal(name, error.StageName);
        Assert.Equal("Exports.Pipeline.Configuration.Tests.BackwardsConverter", error.ClassName);
        Assert.Equal("Told to fail.", Assert.IsType<DataException>(error.InnerException).Message);
        Assert.False(error.CanRetry);
    }

    [Fact]
    public void A_record_that_fails_stays_as_it_came()
    {
        var conversion = Appending();
        var value = "later"u8.ToArray();
        var record = Record(value: value, headers: [new("h", ConnectValue.FromBytes("x"u8.ToArray()))]);

        var error = Assert.Throws<ConversionException>(() => conversion.Convert(ref record));

        Assert.True(error.CanRetry);
        Assert.Equal("TRANSFORMATION", error.StageName);
        Assert.Equal("Exports.Pipeline.Configuration.Tests.AppendTransform", error.ClassName);
        Assert.Equal(ConnectValueKind.Bytes, record.Value.Kind);
        Assert.True(record.Value.Bytes.Span == value.AsSpan());
        Assert.Equal(ConnectValueKind.Bytes, record.Headers[0].Value.Kind);
        Assert.Throws<ConversionException>(() => conversion.Convert(ref record));
    }

    [Fact]
    public void A_predicate_that_fails_is_a_failure_of_the_transformation()
    {
        var conversion = Create(
            ("key.converter", "ByteArrayConverter"), ("value.converter", "StringConverter"),
            ("transforms", "t"), ("transforms.t.type", "Append"), ("transforms.t.text", ""), ("transforms.t.predicate", "p"),
            ("predicates", "p"), ("predicates.p.type", "TopicIs"), ("predicates.p.topic", "x"));
        var record = Record(topic: "broken");

        var error = Assert.Throws<ConversionException>(() => conversion.Convert(ref record));

        Assert.Equal(ConversionStage.Transformation, error.Stage);
        Assert.Equal("Exports.Pipeline.Configuration.Tests.TopicIsPredicate", error.ClassName);
        Assert.Contains("(predicates.p)", error.Message);
    }

    [Fact]
    public void Bytes_and_text_are_converted_without_allocation()
    {
        var conversion = Create(("key.converter", "ByteArrayConverter"), ("value.converter", "StringConverter"));
        var records = Enumerable.Range(0, 1000).Select(_ => Record()).ToArray();
        ConvertAll(records[..10]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ConvertAll(records.AsSpan(10));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);

        void ConvertAll(Span<SinkRecord> batch)
        {
            foreach (ref var record in batch)
                conversion.Convert(ref record);
        }
    }

    private static RecordConversion Appending()
        => Create(("key.converter", "ByteArrayConverter"), ("value.converter", "StringConverter"), ("transforms", "t"),
            ("transforms.t.type", "Append"), ("transforms.t.text", "+"));

    private static RecordConversion Create(params (string Key, string Value)[] config)
        => RecordConversion.Create(s_plugins, config.ToDictionary(entry => entry.Key, entry => entry.Value), Options([]));

    private static PipelineOptions Options(Dictionary<string, string> converters)
        => new() { Client = new Dictionary<string, string>(), Converters = converters };

    private static SinkRecord Record(string topic = "t", byte[]? value = null, Header[]? headers = null) => new()
    {
        Topic = topic,
        Partition = 0,
        Offset = 1,
        Key = ConnectValue.FromBytes("key"u8.ToArray()),
        Value = ConnectValue.FromBytes(value ?? "value"u8.ToArray()),
        Headers = headers ?? [],
    };

    private static string Text(ConnectValue value) => Encoding.UTF8.GetString(value.Bytes.Span);
}
