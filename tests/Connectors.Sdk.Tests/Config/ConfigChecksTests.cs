namespace Exports.Connectors.Sdk.Tests;

public class ConfigChecksTests
{
    [Theory]
    [InlineData(0, "Value must be at least 1")]
    [InlineData((short)0, "Value must be at least 1")]
    [InlineData(0L, "Value must be at least 1")]
    [InlineData(0.99, "Value must be at least 1")]
    [InlineData(double.NaN, "Value must be at least 1")]
    [InlineData(null, "Value must be non-null")]
    [InlineData(1, null)]
    [InlineData(long.MaxValue, null)]
    public void At_least(object? value, string? message) => Assert.Equal(message, ConfigChecks.AtLeast(1)(value));

    [Fact]
    public void Large_whole_numbers_are_compared_exactly()
    {
        Assert.Null(ConfigChecks.AtLeast(long.MaxValue)(long.MaxValue));
        Assert.NotNull(ConfigChecks.AtLeast(long.MaxValue)(long.MaxValue - 1));
        Assert.NotNull(ConfigChecks.Between(0, long.MaxValue - 1)(long.MaxValue));
    }

    [Theory]
    [InlineData(0, "Value must be at least 1")]
    [InlineData(6, "Value must be no more than 5")]
    [InlineData(1, null)]
    [InlineData(5L, null)]
    [InlineData(null, "Value must be non-null")]
    public void Between(object? value, string? message) => Assert.Equal(message, ConfigChecks.Between(1, 5)(value));

    [Theory]
    [InlineData(0.4, "Value must be at least 0.5")]
    [InlineData(1.5, "Value must be no more than 1")]
    [InlineData(0.5, null)]
    public void Between_fractions(double value, string? message) => Assert.Equal(message, ConfigChecks.Between(0.5, 1.0)(value));

    [Theory]
    [InlineData("some", "String must be one of: none, all")]
    [InlineData("NONE", "String must be one of: none, all")]
    [InlineData(null, "String must be one of: none, all")]
    [InlineData("all", null)]
    public void One_of(string? value, string? message) => Assert.Equal(message, ConfigChecks.OneOf("none", "all")(value));

    [Theory]
    [InlineData("x", "String must be one of (case insensitive): BASE64, NUMERIC")]
    [InlineData("numeric", null)]
    public void One_of_ignoring_case(string value, string? message)
        => Assert.Equal(message, ConfigChecks.OneOfIgnoringCase("BASE64", "NUMERIC")(value));

    [Fact]
    public void Each_one_of()
    {
        Assert.Null(ConfigChecks.EachOneOf("a", "b")((string[])["b", "a"]));
        Assert.Equal("String must be one of: a, b", ConfigChecks.EachOneOf("a", "b")((string[])["b", "c"]));
    }

    [Fact]
    public void Non_empty()
    {
        Assert.Equal("String must be non-empty", ConfigChecks.NonEmpty(""));
        Assert.Null(ConfigChecks.NonEmpty("a"));
        Assert.Null(ConfigChecks.NonEmpty(null));
        Assert.NotNull(ConfigChecks.NonEmptyList(Array.Empty<string>()));
        Assert.NotNull(ConfigChecks.NonEmptyList((string[])["a", ""]));
        Assert.Null(ConfigChecks.NonEmptyList((string[])["a"]));
    }

    [Theory]
    [InlineData("", "String may not be empty")]
    [InlineData("a\u0007b\u009F", "String may not contain control sequences but had the following ASCII chars: 7, 159")]
    [InlineData("a b-c_é", null)]
    [InlineData(null, null)]
    public void Without_control_characters(string? value, string? message)
        => Assert.Equal(message, ConfigChecks.NonEmptyWithoutControlCharacters(value));

    [Fact]
    public void All_gives_the_first_message()
    {
        var check = ConfigChecks.All(ConfigChecks.AtLeast(1), ConfigChecks.Between(5, 9));

        Assert.Equal("Value must be at least 1", check(0));
        Assert.Equal("Value must be at least 5", check(4));
        Assert.Null(check(5));
    }

    [Fact]
    public void A_numeric_check_on_text_is_a_programming_error()
        => Assert.Throws<ArgumentException>(() => ConfigChecks.AtLeast(1)("text"));
}
