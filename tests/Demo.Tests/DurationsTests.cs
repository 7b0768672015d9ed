using Exports.Demo.Commands;

namespace Exports.Demo.Tests;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h", 7_200_000)]
    public void A_number_with_a_unit_is_a_time(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("0s")]
    [InlineData("5 s")]
    [InlineData("1.2.3s")]
    [InlineData("5d")]
    [InlineData("99999999999999h")]
    public void Anything_else_is_not(string text) => Assert.False(Durations.TryParse(text, out _));
}
