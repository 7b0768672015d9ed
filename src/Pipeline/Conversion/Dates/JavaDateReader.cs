using System.Globalization;

namespace Exports.Pipeline.Dates;

/// <summary>Reads one text by the fields of a pattern.</summary>
internal sealed class JavaDateReader(IReadOnlyList<JavaDateField> fields, string text, DateTimeOffset now)
{
    private const int MonthsPerYear = 12;

    private static readonly DateTimeFormatInfo s_names = CultureInfo.InvariantCulture.DateTimeFormat;

    /// <summary>The names of zones that messages of old have: RFC 822.</summary>
    private static readonly (string Name, int Hours)[] s_zones =
    [
        ("UTC", 0), ("GMT", 0), ("UT", 0), ("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("MST", -7), ("MDT", -6), ("PST", -8), ("PDT", -7),
    ];

    private int _at;
    private bool _isBeforeChrist;
    private long _year = 1970;
    private long _month;
    private long _day = 1;
    private long? _dayOfYear;
    private long _hour;
    private long _hourOfHalf;
    private int? _half;
    private bool _hasHour;
    private bool _hasHourOfHalf;
    private bool _halfIsNewer;
    private long _minute;
    private long _second;
    private long _millisecond;
    private TimeSpan _offset;

    /// <summary>Reads the whole of it; false when it is not of the pattern, or not within the years 1 to 9999.</summary>
    public bool TryRead(out DateTimeOffset time)
    {
        time = default;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            // Fields that stand side by side have as many digits as letters.
            var isFollowed = i + 1 < fields.Count && !fields[i + 1].IsText;
            if (!(field.IsText ? TryReadText(field.Text) : TryReadField(field, isFollowed)))
                return false;
        }

        return TryResolve(out time);
    }

    private bool TryReadText(string expected)
    {
        if (!text.AsSpan(_at).StartsWith(expected, StringComparison.Ordinal))
            return false;
        _at += expected.Length;
        return true;
    }

    private bool TryReadField(JavaDateField field, bool isFollowed)
    {
        while (_at < text.Length && text[_at] is ' ' or '\t')
            _at++;
        switch (field.Letter)
        {
            case 'G':
                if (!TryReadName(["BC", "AD"], out var era))
                    return false;
                _isBeforeChrist = era == 0;
                return true;
            case 'M' or 'L' when field.Count >= 3:
                if (!TryReadName(s_names.MonthNames.AsSpan(0, MonthsPerYear), out var month)
                    && !TryReadName(s_names.AbbreviatedMonthNames.AsSpan(0, MonthsPerYear), out month))
                {
                    return false;
                }
                (_month, _dayOfYear) = (month, null);
                return true;
            case 'E':
                // The date says which day it is.
                return TryReadName(s_names.DayNames, out _) || TryReadName(s_names.AbbreviatedDayNames, out _);
            case 'a':
                if (!TryReadName(["AM", "PM"], out var half))
                    return false;
                (_half, _halfIsNewer) = (half, true);
                return true;
            case 'z' or 'Z' or 'X':
                return TryReadZone(field);
            case 'Y' or 'w' or 'W' or 'F':
                return false;
        }

        var start = _at;
        return TryReadNumber(isFollowed ? field.Count : int.MaxValue, out var number) && Take(field, number, text.AsSpan(start, _at - start));
    }

    private bool Take(JavaDateField field, long number, ReadOnlySpan<char> digits)
    {
        switch (field.Letter)
        {
            case 'y':
                _year = field.Count <= 2 && digits.Length == 2 && char.IsAsciiDigit(digits[0]) ? WithCentury(number) : number;
                break;
            case 'M' or 'L':
                (_month, _dayOfYear) = (number - 1, null);
                break;
            case 'd':
                (_day, _dayOfYear) = (number, null);
                break;
            case 'D':
                _dayOfYear = number;
                break;
            case 'H' or 'k':
                (_hour, _hasHour, _halfIsNewer) = (field.Letter == 'k' && number == 24 ? 0 : number, true, false);
                break;
            case 'K' or 'h':
                (_hourOfHalf, _hasHourOfHalf, _halfIsNewer) = (field.Letter == 'h' && number == 12 ? 0 : number, true, true);
                break;
            case 'm':
                _minute = number;
                break;
            case 's':
                _second = number;
                break;
            case 'S':
                _millisecond = number;
                break;
        }

        return true;
    }

    /// <summary>Years of two digits lie between 80 years before and 20 years after the present.</summary>
    private long WithCentury(long number)
    {
        var first = now.UtcDateTime.Year - 80;
        var year = first / 100 * 100 + number;
        return number < first % 100 ? year + 100 : year;
    }

    private bool TryReadNumber(int maxLength, out long number)
    {
        var end = _at;
        if (end < text.Length && text[end] == '-')
            end++;
        while (end < text.Length && end - _at < maxLength && char.IsAsciiDigit(text[end]))
            end++;
        var isWhole = maxLength == int.MaxValue || end - _at == maxLength;
        if (!long.TryParse(text.AsSpan(_at, end - _at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            || !isWhole || number is < int.MinValue or > int.MaxValue)
        {
            return false;
        }
        _at = end;
        return true;
    }

    private bool TryReadName(ReadOnlySpan<string> names, out int index)
    {
        for (index = 0; index < names.Length; index++)
        {
            if (text.AsSpan(_at).StartsWith(names[index], StringComparison.OrdinalIgnoreCase))
            {
                _at += names[index].Length;
                return true;
            }
        }
        return false;
    }

    private bool TryReadZone(JavaDateField field)
    {
        if (field.Letter == 'X')
        {
            if (_at < text.Length && text[_at] == 'Z')
            {
                _at++;
                _offset = TimeSpan.Zero;
                return true;
            }
            return TryReadOffset(hasMinutes: field.Count > 1, hasColon: field.Count == 3);
        }

        foreach (var (name, hours) in s_zones)
        {
            if (!text.AsSpan(_at).StartsWith(name, StringComparison.OrdinalIgnoreCase))
                continue;
            _at += name.Length;
            _offset = TimeSpan.FromHours(hours);
            // GMT+1:00
            return hours != 0 || _at == text.Length || text[_at] is not ('+' or '-') || TryReadOffset(hasMinutes: true, hasColon: true);
        }

        return TryReadOffset(hasMinutes: true, hasColon: false);
    }

    private bool TryReadOffset(bool hasMinutes, bool hasColon)
    {
        if (_at >= text.Length || text[_at] is not ('+' or '-'))
            return false;
        var isNegative = text[_at++] == '-';
        // One digit for the hours only where a colon follows.
        var isShort = hasColon && _at + 1 < text.Length && text[_at + 1] == ':';
        if (!TryReadDigits(isShort ? 1 : 2, out var hours))
            return false;
        var minutes = 0;
        if (hasMinutes)
        {
            if (hasColon && (_at >= text.Length || text[_at++] != ':'))
                return false;
            if (!TryReadDigits(2, out minutes))
                return false;
        }
        if (hours > 23 || minutes > 59)
            return false;
        _offset = new TimeSpan(hours, minutes, 0) * (isNegative ? -1 : 1);
        return true;
    }

    private bool TryReadDigits(int count, out int number)
    {
        number = 0;
        if (_at + count > text.Length || text.AsSpan(_at, count).ContainsAnyExceptInRange('0', '9'))
            return false;
        number = int.Parse(text.AsSpan(_at, count), NumberStyles.None, CultureInfo.InvariantCulture);
        _at += count;
        return true;
    }

    /// <summary>Puts the fields together. Those that say the same in two ways: the one that was read last counts.</summary>
    private bool TryResolve(out DateTimeOffset time)
    {
        time = default;
        var month = _dayOfYear is null ? _month : 0;
        var year = (_isBeforeChrist ? 1 - _year : _year) + Math.DivRem(month, MonthsPerYear).Quotient;
        month %= MonthsPerYear;
        if (month < 0)
            (year, month) = (year - 1, month + MonthsPerYear);
        if (year is < 1 or > 9999)
            return false;
        var ofHalf = _hourOfHalf + _half.GetValueOrDefault() * 12;
        var hour = _hasHour && !(_halfIsNewer && _half is not null && _hasHourOfHalf) ? _hour : ofHalf;
        var days = (_dayOfYear ?? _day) - 1;
        var milliseconds = ((days * 24 + hour) * 60 + _minute) * 60_000 + _second * 1000 + _millisecond;
        var ticks = (Int128)new DateTime((int)year, (int)month + 1, 1).Ticks + (Int128)milliseconds * TimeSpan.TicksPerMillisecond - _offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        time = new((long)ticks, TimeSpan.Zero);
        return true;
    }
}
