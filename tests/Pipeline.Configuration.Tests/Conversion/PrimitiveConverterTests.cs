using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Conversion;

public class PrimitiveConverterTests
{
    private static readonly PluginCatalog s_plugins = new([]);

    public static TheoryData<string, SchemaType, object, string> Values => new()
    {
        { "ShortConverter", SchemaType.Int16, (short)-2, "FFFE" },
        { "ShortConverter", SchemaType.Int16, short.MaxValue, "7FFF" },
        { "IntegerConverter", SchemaType.Int32, 258, "00000102" },
        { "IntegerConverter", SchemaType.Int32, int.MinValue, "80000000" },
        { "LongConverter", SchemaType.Int64, 258L, "0000000000000102" },
        { "LongConverter", SchemaType.Int64, -1L, "FFFFFFFFFFFFFFFF" },
        { "FloatConverter", SchemaType.Float32, 1.5f, "3FC00000" },
        { "FloatConverter", SchemaType.Float32, float.NaN, "FFC00000" },
        { "DoubleConverter", SchemaType.Float64, -1.5, "BFF8000000000000" },
        { "BooleanConverter", SchemaType.Boolean, true, "01" },
        { "BooleanConverter", SchemaType.Boolean, false, "00" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_read_from_the_bytes_of_kafka_s_serializer_and_written_as_them(
        string name, SchemaType type, object value, string bytes)
    {
        foreach (var role in Enum.GetValues<ConverterRole>())
        {
            var converter = Create("org.apache.kafka.connect.converters." + name, role);

            var read = converter.ToConnectData("t", Convert.FromHexString(bytes));

            Assert.Equal(value, read.Value);
            Assert.Equal((type, true), (read.Schema!.Type, read.Schema.IsOptional));
            Assert.Equal(bytes, Convert.ToHexString(converter.FromConnectData("t", ConnectValue.From(value))!.Value.Span));
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Null_stays_null_with_the_schema(string name, SchemaType type, object value, string bytes)
    {
        _ = (value, bytes);
        var converter = Create(name, ConverterRole.Value);

        var read = converter.ToConnectData("t", null);

        Assert.True(read.IsNull);
        Assert.Equal(type, read.Schema!.Type);
        Assert.Null(converter.FromConnectData("t", ConnectValue.Null));
    }

    [Theory]
    [InlineData("ShortConverter", "01", "Failed to deserialize short: it has 2 bytes, and these are 1.")]
    [InlineData("IntegerConverter", "", "Failed to deserialize integer: it has 4 bytes, and these are 0.")]
    [InlineData("LongConverter", "00000001", "Failed to deserialize long: it has 8 bytes, and these are 4.")]
    [InlineData("FloatConverter", "0000000000", "Failed to deserialize float: it has 4 bytes, and these are 5.")]
    [InlineData("DoubleConverter", "00", "Failed to deserialize double: it has 8 bytes, and these are 1.")]
    [InlineData("BooleanConverter", "0001", "Failed to deserialize boolean: it has 1 bytes, and these are 2.")]
    [InlineData("BooleanConverter", "02", "Failed to deserialize boolean: the byte is 2; allowed: 0, 1.")]
    public void Bytes_of_another_size_are_refused(string name, string bytes, string message)
        => Assert.Equal(
            message,
            Assert.Throws<DataException>(() => Create(name, ConverterRole.Value).ToConnectData("t", Convert.FromHexString(bytes))).Message);

    [Theory]
    [InlineData("IntegerConverter", 1L, "Failed to serialize to integer: the data is Int64.")]
    [InlineData("LongConverter", 1, "Failed to serialize to long: the data is Int32.")]
    [InlineData("BooleanConverter", "true", "Failed to serialize to boolean: the data is String.")]
    public void Data_of_another_type_is_refused(string name, object value, string message)
        => Assert.Equal(
            message,
            Assert.Throws<DataException>(() => Create(name, ConverterRole.Value).FromConnectData("t", ConnectValue.From(value))).Message);

    [Fact]
    public void Each_serves_as_converter_and_as_header_converter()
    {
        foreach (var type in (PluginType[])[PluginType.Converter, PluginType.HeaderConverter])
        {
            var names = s_plugins.Plugins.Where(plugin => plugin.Type == type).Select(plugin => plugin.ClassName.Split('.')[^1]);
            Assert.Superset(
                new HashSet<string>
                {
                    "BooleanConverter", "DoubleConverter", "FloatConverter", "IntegerConverter", "LongConverter", "ShortConverter",
                },
                names.ToHashSet());
        }
    }

    private static Converter Create(string name, ConverterRole role)
    {
        var converter = s_plugins.CreateConverter(name, role);
        converter.Configure(new Dictionary<string, string>(), role);
        return converter;
    }
}
