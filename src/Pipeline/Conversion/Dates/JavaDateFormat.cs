using System.Globalization;
using System.Text;

namespace Exports.Pipeline.Dates;

/// <summary>
/// Writes and reads times as Java's <c>SimpleDateFormat</c> does with its default settings (lenient), in UTC and English.
/// Thread-safe. Source: the documentation of <c>java.text.SimpleDateFormat</c>.
/// </summary>
/// <remarks>
/// The calendar is the Gregorian one for all years; Java uses the Julian one before October 1582. Texts cannot be read by their
/// week (<c>Y w W F</c>).
/// </remarks>
internal sealed class JavaDateFormat
{
    private static readonly DateTimeFormatInfo s_names = CultureInfo.InvariantCulture.DateTimeFormat;

    private readonly IReadOnlyList<JavaDateField> _fields;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ArgumentException">A letter has no meaning, or a quotation mark is not closed.</exception>
    public JavaDateFormat(string pattern)
    {
        Pattern = pattern;
        _fields = JavaDatePattern.Parse(pattern);
    }

    /// <summary>The pattern.</summary>
    public string Pattern { get; }

    /// <summary>Writes a time; what is finer than a millisecond is cut off.</summary>
    public string Format(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var text = new StringBuilder();
        foreach (var field in _fields)
            Append(text, field, utc);
        return text.ToString();
    }

    /// <summary>
    /// Reads a time. Values beyond their range carry over, as in <c>2024-13-01</c>; what stands behind the last field is not looked at.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="now">The present, which says in what century years of two digits are: from 80 years before to 20 after.</param>
    /// <param name="time">The time in UTC.</param>
    /// <returns>False when the text is not of this pattern.</returns>
    public bool TryParse(string text, DateTimeOffset now, out DateTimeOffset time)
        => new JavaDateReader(_fields, text, now).TryRead(out time);

    private static void Append(StringBuilder text, JavaDateField field, DateTime time)
    {
        var isLong = field.Count >= 4;
        switch (field.Letter)
        {
            case '\0':
                text.Append(field.Text);
                break;
            case 'G':
                text.Append("AD");
                break;
            case 'y':
                AppendYear(time.Year);
                break;
            case 'Y':
                AppendYear(WeekYear(time));
                break;
            case 'M' or 'L' when field.Count >= 3:
                text.Append(isLong ? s_names.MonthNames[time.Month - 1] : s_names.AbbreviatedMonthNames[time.Month - 1]);
                break;
            case 'M' or 'L':
                AppendNumber(time.Month);
                break;
            case 'w':
                AppendNumber(WeekOfYear(time));
                break;
            case 'W':
                AppendNumber((time.Day + (int)time.AddDays(1 - time.Day).DayOfWeek - 1) / 7 + 1);
                break;
            case 'D':
                AppendNumber(time.DayOfYear);
                break;
            case 'd':
                AppendNumber(time.Day);
                break;
            case 'F':
                AppendNumber((time.Day - 1) / 7 + 1);
                break;
            case 'E':
                text.Append(isLong ? s_names.DayNames[(int)time.DayOfWeek] : s_names.AbbreviatedDayNames[(int)time.DayOfWeek]);
                break;
            case 'u':
                AppendNumber(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek);
                break;
            case 'a':
                text.Append(time.Hour < 12 ? "AM" : "PM");
                break;
            case 'H':
                AppendNumber(time.Hour);
                break;
            case 'k':
                AppendNumber(time.Hour == 0 ? 24 : time.Hour);
                break;
            case 'K':
                AppendNumber(time.Hour % 12);
                break;
            case 'h':
                AppendNumber(time.Hour % 12 == 0 ? 12 : time.Hour % 12);
                break;
            case 'm':
                AppendNumber(time.Minute);
                break;
            case 's':
                AppendNumber(time.Second);
                break;
            case 'S':
                AppendNumber(time.Millisecond);
                break;
            case 'z':
                text.Append(isLong ? "Coordinated Universal Time" : "UTC");
                break;
            case 'Z':
                text.Append("+0000");
                break;
            case 'X':
                text.Append('Z');
                break;
        }

        void AppendNumber(int number) => text.Append(number.ToString(CultureInfo.InvariantCulture).PadLeft(field.Count, '0'));

        void AppendYear(int year)
        {
            if (field.Count == 2)
                text.Append((year % 100).ToString("00", CultureInfo.InvariantCulture));
            else
                AppendNumber(year);
        }
    }

    /// <summary>Week 1 is that of the first of January; the last days of December may belong to it.</summary>
    private static int WeekOfYear(DateTime time)
        => WeekYear(time) > time.Year ? 1 : (time.DayOfYear - 1 + (int)new DateTime(time.Year, 1, 1).DayOfWeek) / 7 + 1;

    private static int WeekYear(DateTime time)
        => time.Month == 12 && time.Day + (6 - (int)time.DayOfWeek) > 31 ? time.Year + 1 : time.Year;
}
