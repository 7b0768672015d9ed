using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Conversion;

public class StringConverterTests
{
    [Fact]
    public void UTF8_is_referenced_and_neither_decoded_nor_checked()
    {
        var converter = Create();
        var bytes = new byte[] { (byte)'a', 0xFF };

        var value = converter.ToConnectData("t", bytes);

        Assert.Equal(ConnectValueKind.Utf8, value.Kind);
        Assert.True(value.Bytes.Span == bytes.AsSpan());
        Assert.Equal("a\uFFFD", value.Value);
        Assert.Same(Schema.OptionalString, value.Schema);
        Assert.Equal(bytes, converter.FromConnectData("t", value)!.Value.ToArray());
    }

    [Fact]
    public void Null_is_null()
    {
        var converter = Create();
        var value = converter.ToConnectData("t", null);

        Assert.True(value.IsNull);
        Assert.Equal(SchemaType.String, value.Schema!.Type);
        Assert.Null(converter.FromConnectData("t", value));
    }

    [Theory]
    [InlineData("UTF-8", "c3a9")]
    [InlineData("utf8", "c3a9")]
    [InlineData("ISO-8859-1", "e9")]
    [InlineData("ISO8859_1", "e9")]
    [InlineData("Cp1252", "e9")]
    [InlineData("windows-1252", "e9")]
    [InlineData("UTF-16BE", "00e9")]
    [InlineData("UTF-16LE", "e900")]
    public void Encodings_are_known_by_Javas_names(string encoding, string hex)
    {
        var converter = Create(encoding);
        var bytes = System.Convert.FromHexString(hex);

        Assert.Equal("é", converter.ToConnectData("t", bytes).Value);
        Assert.Equal(bytes, converter.FromConnectData("t", ConnectValue.From("é"))!.Value.ToArray());
        Assert.Equal(bytes, converter.FromConnectData("t", ConnectValue.FromUtf8("é"u8.ToArray()))!.Value.ToArray());
    }

    [Theory]
    [InlineData("UTF-16")]
    [InlineData("klingon")]
    [InlineData("")]
    public void Unknown_and_ambiguous_encodings_are_refused(string encoding)
        => Assert.StartsWith($"Invalid value {encoding} for configuration converter.encoding: ",
            Assert.Throws<ConfigException>(() => Create(encoding)).Message, StringComparison.Ordinal);

    public static TheoryData<object, string> Texts => new()
    {
        { "text", "text" },
        { true, "true" },
        { 42, "42" },
        { 1.5, "1.5" },
        { 1.50m, "1.50" },
        { new BigDecimal(150, 2), "1.50" },
        { new byte[] { 1, 2 }, "AQI=" },
        { DateTimeOffset.UnixEpoch.AddMilliseconds(1), "1970-01-01T00:00:00.001Z" },
        { new Dictionary<string, object?> { ["a"] = 1L }, "{\"a\":1}" },
        { new List<object?> { "a" }, "[\"a\"]" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Data_of_every_type_has_a_text(object data, string text)
    {
        Assert.Equal(text, Encoding.UTF8.GetString(Create().FromConnectData("t", ConnectValue.From(data))!.Value.Span));
        Assert.Equal(text,
            Encoding.BigEndianUnicode.GetString(Create("UTF-16BE").FromConnectData("t", ConnectValue.From(data))!.Value.Span));
    }

    [Fact]
    public void Bytes_become_base_64()
        => Assert.Equal("AQI=",
            Encoding.UTF8.GetString(Create().FromConnectData("t", ConnectValue.FromBytes(new byte[] { 1, 2 }))!.Value.Span));

    [Fact]
    public void The_byte_array_converter_takes_bytes_only()
    {
        var converter = new ByteArrayConverter();
        var bytes = new byte[] { 1 };

        Assert.Equal(bytes, converter.FromConnectData("t", ConnectValue.FromBytes(bytes))!.Value.ToArray());
        Assert.Equal(bytes, converter.FromConnectData("t", ConnectValue.From(bytes))!.Value.ToArray());
        Assert.Null(converter.FromConnectData("t", ConnectValue.Null));
        Assert.True(converter.ToConnectData("t", null).IsNull);
        Assert.Throws<DataException>(() => converter.FromConnectData("t", ConnectValue.From("text")));
        Assert.Throws<DataException>(() => converter.FromConnectData("t", ConnectValue.FromUtf8(bytes)));
    }

    [Fact]
    public void The_simple_header_converter_does_not_guess_types()
    {
        var converter = new SimpleHeaderConverter();

        Assert.Equal("42", converter.ToConnectData("t", "42"u8.ToArray()).Value);
        Assert.Equal("{\"a\":1}", converter.ToConnectData("t", "{\"a\":1}"u8.ToArray()).Value);
        Assert.Equal("42", Encoding.UTF8.GetString(converter.FromConnectData("t", ConnectValue.From(42))!.Value.Span));
    }

    private static StringConverter Create(string? encoding = null)
    {
        var converter = new StringConverter();
        converter.Configure(encoding is null ? new Dictionary<string, string>() : new Dictionary<string, string>
        { ["converter.encoding"] = encoding }, ConverterRole.Value);
        return converter;
    }
}
