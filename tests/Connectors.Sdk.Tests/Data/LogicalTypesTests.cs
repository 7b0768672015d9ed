using System.Numerics;

namespace Exports.Connectors.Sdk.Tests;

public class LogicalTypesTests
{
    [Fact]
    public void Decimals_are_carried_as_big_endian_bytes()
    {
        Assert.Equal([0x9C], LogicalTypes.DecimalToBytes(-1.00m, 2));
        Assert.Equal([0x00, 0xFF], LogicalTypes.DecimalToBytes(2.55m, 2));
        Assert.Equal((BigDecimal)(-1.00m), LogicalTypes.DecimalFromBytes([0x9C], 2));
        Assert.Equal(new BigDecimal(BigInteger.Pow(2, 200), 5),
            LogicalTypes.DecimalFromBytes(LogicalTypes.DecimalToBytes(new(BigInteger.Pow(2, 200), 5), 5), 5));
    }

    [Fact]
    public void A_decimal_of_another_scale_is_refused()
    {
        Assert.Throws<DataException>(() => LogicalTypes.DecimalToBytes(1.5m, 2));
        Assert.Throws<DataException>(() => LogicalTypes.DecimalFromBytes([], 2));
    }

    [Fact]
    public void A_decimal_schema_needs_a_scale()
    {
        Assert.Equal(3, LogicalTypes.ScaleOf(Decimal(new() { ["scale"] = "3" })));
        Assert.Equal("Invalid Decimal schema: scale parameter not found.",
            Assert.Throws<DataException>(() => LogicalTypes.ScaleOf(Decimal(null))).Message);
        Assert.Throws<DataException>(() => LogicalTypes.ScaleOf(Decimal(new() { ["scale"] = "x" })));

        static Schema Decimal(Dictionary<string, string>? parameters)
            => new(SchemaType.Bytes, name: LogicalTypes.Decimal, parameters: parameters);
    }

    [Fact]
    public void Dates_count_days_times_and_timestamps_count_milliseconds()
    {
        Assert.Equal(new DateTimeOffset(2026, 2, 28, 0, 0, 0, TimeSpan.Zero), LogicalTypes.DateFromDays(20512));
        Assert.Equal(20512, LogicalTypes.DaysFromDate(LogicalTypes.DateFromDays(20512)));
        Assert.Equal(-1, LogicalTypes.DaysFromDate(LogicalTypes.DateFromDays(-1)));
        Assert.Equal(TimeSpan.FromMilliseconds(86_399_999), LogicalTypes.TimeFromMilliseconds(86_399_999).TimeOfDay);
        Assert.Equal(1, LogicalTypes.MillisecondsFromTime(LogicalTypes.TimeFromMilliseconds(1)));
        Assert.Equal(-1, LogicalTypes.MillisecondsFromTimestamp(LogicalTypes.TimestampFromMilliseconds(-1)));
    }

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        Assert.Throws<DataException>(() => LogicalTypes.DateFromDays(int.MaxValue));
        Assert.Throws<DataException>(() => LogicalTypes.TimeFromMilliseconds(86_400_000));
        Assert.Throws<DataException>(() => LogicalTypes.TimeFromMilliseconds(-1));
        Assert.Throws<DataException>(() => LogicalTypes.TimestampFromMilliseconds(long.MaxValue));
        Assert.Throws<DataException>(() => LogicalTypes.DaysFromDate(DateTimeOffset.UnixEpoch.AddHours(1)));
        Assert.Throws<DataException>(() => LogicalTypes.MillisecondsFromTime(DateTimeOffset.UnixEpoch.AddDays(1)));
    }
}
