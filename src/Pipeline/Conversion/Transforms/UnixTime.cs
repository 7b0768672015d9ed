using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Whole numbers of a unit since 1970-01-01T00:00:00Z.</summary>
/// <param name="unit">One of <see cref="Units"/>.</param>
internal readonly struct UnixTime(string unit)
{
    public const string Milliseconds = "milliseconds";
    private const string Seconds = "seconds";
    private const string Microseconds = "microseconds";

    /// <summary>The names of the units.</summary>
    public static string[] Units { get; } = ["nanoseconds", Microseconds, Milliseconds, Seconds];

    /// <summary>The time in whole milliseconds; what is finer is cut off towards 1970.</summary>
    /// <exception cref="DataException">It is not within the years 1 to 9999.</exception>
    public DateTimeOffset ToTime(long number)
    {
        var milliseconds = unit switch
        {
            Seconds => (Int128)number * 1000,
            Milliseconds => number,
            Microseconds => number / 1000,
            _ => number / 1_000_000,
        };
        return milliseconds >= long.MinValue && milliseconds <= long.MaxValue
            ? LogicalTypes.TimestampFromMilliseconds((long)milliseconds)
            : throw new DataException($"The time {number} {unit} from 1970 is not within the years 1 to 9999.");
    }

    /// <summary>The number for a time.</summary>
    /// <exception cref="DataException">The number of nanoseconds needs more than 64 bits: it is beyond the years 1677 to 2262.</exception>
    public long From(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        try
        {
            return unit switch
            {
                Seconds => milliseconds / 1000,
                Milliseconds => milliseconds,
                Microseconds => milliseconds * 1000,
                _ => checked(milliseconds * 1_000_000),
            };
        }
        catch (OverflowException e)
        {
            throw new DataException($"The time {time:O} has no 64-bit number of {unit}.", e);
        }
    }
}
