using System.Numerics;

namespace Exports.Connectors.Sdk.Tests;

public class BigDecimalTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.00", 2)]
    [InlineData("-1.50", 2)]
    [InlineData("123456789012345678901234567890.123456789", 9)]
    [InlineData("0.000001", 6)]
    [InlineData("1.5E-10", 11)]
    [InlineData("1E+3", -3)]
    [InlineData("-1.23E+5", -3)]
    public void Text_and_number_agree_both_ways(string text, int scale)
    {
        Assert.True(BigDecimal.TryParse(text, out var value));
        Assert.Equal(scale, value.Scale);
        Assert.Equal(text, value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("1e")]
    [InlineData("1e1000001")]
    [InlineData("1e99999999999")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    public void What_is_no_number_is_refused(string text) => Assert.False(BigDecimal.TryParse(text, out _));

    [Fact]
    public void A_decimal_goes_in_and_out_unchanged()
    {
        foreach (var value in (decimal[])[0m, 1.10m, -79228162514264337593543950335m, 0.0000000000000000000000000001m, -12.5m])
        {
            BigDecimal big = value;
            Assert.Equal(value.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ((decimal)big).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void What_a_decimal_cannot_hold_is_refused()
    {
        Assert.Throws<OverflowException>(() => (decimal)new BigDecimal(BigInteger.Pow(10, 29), 0));
        Assert.Throws<OverflowException>(() => (decimal)new BigDecimal(1, 29));
        Assert.Throws<OverflowException>(() => (decimal)new BigDecimal(1, -1));
    }

    [Fact]
    public void A_huge_scale_costs_no_memory()
    {
        Assert.Equal("1E-2147483647", new BigDecimal(1, int.MaxValue).ToString());
        Assert.Equal("1E+2147483648", new BigDecimal(1, int.MinValue).ToString());
    }
}
