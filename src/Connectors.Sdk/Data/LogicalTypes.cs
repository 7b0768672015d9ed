using System.Globalization;
using System.Numerics;

namespace Exports.Connectors.Sdk;

/// <summary>
/// The logical types of Kafka Connect's data model: a schema's <see cref="Schema.Name"/> says that a plain value stands for
/// something else. Values are held in the form that is meant, and carried in the plain one.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Name</term><description>Held as; carried as</description></listheader>
/// <item>
/// <term><see cref="Decimal"/></term><description><see cref="BigDecimal"/>; bytes of the unscaled number, big-endian two's
/// complement, with the scale in the parameter <c>scale</c></description>
/// </item>
/// <item>
/// <term><see cref="Date"/></term><description><see cref="DateTimeOffset"/> at midnight UTC; 32-bit days since
/// 1970-01-01</description>
/// </item>
/// <item>
/// <term><see cref="Time"/></term><description><see cref="DateTimeOffset"/> on 1970-01-01 UTC; 32-bit milliseconds since
/// midnight, 0 to 86,399,999</description>
/// </item>
/// <item>
/// <term><see cref="Timestamp"/></term><description><see cref="DateTimeOffset"/> in UTC; 64-bit milliseconds since
/// 1970-01-01T00:00:00Z</description>
/// </item>
/// </list>
/// Dates and timestamps reach from year 1 to year 9999.
/// </remarks>
public static class LogicalTypes
{
    /// <summary>A decimal number of fixed scale.</summary>
    public const string Decimal = "org.apache.kafka.connect.data.Decimal";

    /// <summary>A calendar day.</summary>
    public const string Date = "org.apache.kafka.connect.data.Date";

    /// <summary>A time of day.</summary>
    public const string Time = "org.apache.kafka.connect.data.Time";

    /// <summary>A point in time.</summary>
    public const string Timestamp = "org.apache.kafka.connect.data.Timestamp";

    private const string ScaleParameter = "scale";
    private const int MillisecondsPerDay = 24 * 60 * 60 * 1000;

    /// <summary>The scale that a schema of the type <see cref="Decimal"/> fixes.</summary>
    /// <exception cref="DataException">The schema has no whole number as parameter <c>scale</c>.</exception>
    public static int ScaleOf(Schema schema)
    {
        var text = schema.Parameters?.GetValueOrDefault(ScaleParameter)
            ?? throw new DataException("Invalid Decimal schema: scale parameter not found.");
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var scale)
            ? scale
            : throw new DataException($"Invalid Decimal schema: the scale '{text}' is not a whole number.");
    }

    /// <summary>Reads a decimal from the bytes that carry it.</summary>
    /// <exception cref="DataException">There are no bytes.</exception>
    public static BigDecimal DecimalFromBytes(ReadOnlySpan<byte> bytes, int scale)
        => bytes.IsEmpty
            ? throw new DataException("A decimal needs at least one byte.")
            : new(new BigInteger(bytes, isBigEndian: true), scale);

    /// <summary>The bytes that carry a decimal.</summary>
    /// <exception cref="DataException">The number's scale is not the schema's.</exception>
    public static byte[] DecimalToBytes(BigDecimal value, int scale)
        => value.Scale == scale
            ? value.Unscaled.ToByteArray(isBigEndian: true)
            : throw new DataException($"The decimal {value} has scale {value.Scale}, but its schema says {scale}.");

    /// <summary>The day that a number of days since 1970-01-01 stands for.</summary>
    /// <exception cref="DataException">The day is not within the years 1 to 9999.</exception>
    public static DateTimeOffset DateFromDays(int days) => TimestampFromMilliseconds((long)days * MillisecondsPerDay);

    /// <summary>The number of days since 1970-01-01 of a day.</summary>
    /// <exception cref="DataException">The value has a time of day.</exception>
    public static int DaysFromDate(DateTimeOffset value)
        => value.UtcTicks % TimeSpan.TicksPerDay == 0
            ? (int)((value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerDay)
            : throw new DataException($"A date has no time of day, but this one is {value:O}.");

    /// <summary>The time of day that a number of milliseconds since midnight stands for.</summary>
    /// <exception cref="DataException">It is not within a day.</exception>
    public static DateTimeOffset TimeFromMilliseconds(int milliseconds)
        => milliseconds is >= 0 and < MillisecondsPerDay
            ? DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds)
            : throw new DataException(
                $"A time of day has 0 to {MillisecondsPerDay - 1} milliseconds, but this one has {milliseconds}.");

    /// <summary>The number of milliseconds since midnight of a time of day.</summary>
    /// <exception cref="DataException">The value is not on 1970-01-01.</exception>
    public static int MillisecondsFromTime(DateTimeOffset value)
    {
        var milliseconds = value.ToUnixTimeMilliseconds();
        return milliseconds is >= 0 and < MillisecondsPerDay
            ? (int)milliseconds
            : throw new DataException($"A time of day is on 1970-01-01 in UTC, but this one is {value:O}.");
    }

    /// <summary>The time that a number of milliseconds since 1970-01-01T00:00:00Z stands for.</summary>
    /// <exception cref="DataException">It is not within the years 1 to 9999.</exception>
    public static DateTimeOffset TimestampFromMilliseconds(long milliseconds)
    {
        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new DataException($"The time {milliseconds} ms from 1970 is not within the years 1 to 9999.", e);
        }
    }

    /// <summary>The number of milliseconds since 1970-01-01T00:00:00Z of a time; parts of a millisecond are cut off.</summary>
    public static long MillisecondsFromTimestamp(DateTimeOffset value) => value.ToUnixTimeMilliseconds();
}
