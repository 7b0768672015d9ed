using Exports.Pipeline.Dates;

namespace Exports.Pipeline.Transforms;

/// <summary>Checks for keys that hold patterns of dates.</summary>
internal static class DateChecks
{
    /// <summary>A pattern of Java's SimpleDateFormat, or nothing.</summary>
    public static Func<object?, string?> Pattern { get; } = value =>
    {
        try
        {
            _ = new JavaDateFormat(value as string ?? "");
            return null;
        }
        catch (ArgumentException e)
        {
            return $"not a pattern of SimpleDateFormat: {e.Message}";
        }
    };
}
