using System.Globalization;
using Exports.Pipeline.Dates;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

public class JavaDateFormatTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // What java.text.SimpleDateFormat's documentation shows, in UTC.
    [InlineData("yyyy.MM.dd G 'at' HH:mm:ss z", "2001.07.04 AD at 12:08:56 UTC")]
    [InlineData("EEE, MMM d, ''yy", "Wed, Jul 4, '01")]
    [InlineData("h:mm a", "12:08 PM")]
    [InlineData("hh 'o''clock' a, zzzz", "12 o'clock PM, Coordinated Universal Time")]
    [InlineData("K:mm a, z", "0:08 PM, UTC")]
    [InlineData("yyyyy.MMMMM.dd GGG hh:mm aaa", "02001.July.04 AD 12:08 PM")]
    [InlineData("EEE, d MMM yyyy HH:mm:ss Z", "Wed, 4 Jul 2001 12:08:56 +0000")]
    [InlineData("yyMMddHHmmssZ", "010704120856+0000")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2001-07-04T12:08:56.235Z")]
    [InlineData("YYYY-'W'ww-u", "2001-W27-3")]
    [InlineData("y M d H k", "2001 7 4 12 12")]
    [InlineData("D DDDD", "185 0185")]
    [InlineData("F W", "1 1")]
    [InlineData("EEEE LLL LL", "Wednesday Jul 07")]
    [InlineData("S SSSSS", "235 00235")]
    [InlineData("yyyyMMdd", "20010704")]
    [InlineData("'year' yyyy 'it''s'", "year 2001 it's")]
    [InlineData("", "")]
    public void A_time_is_written_as_java_does(string pattern, string expected)
        => Assert.Equal(expected, new JavaDateFormat(pattern).Format(new(2001, 7, 4, 12, 8, 56, 235, TimeSpan.Zero)));

    [Theory]
    [InlineData("2024-01-01T00:00:00Z", "k K h H a", "24 0 12 0 AM")]
    [InlineData("2024-12-29T23:59:59Z", "YYYY ww", "2025 01")]
    [InlineData("2024-12-28T23:59:59Z", "YYYY ww", "2024 52")]
    [InlineData("2023-01-01T00:00:00Z", "YYYY ww u", "2023 01 7")]
    [InlineData("2024-06-30T00:00:00Z", "W F", "6 5")]
    [InlineData("0999-06-30T00:00:00Z", "yyyy yy y", "0999 99 999")]
    public void Weeks_halves_and_years_at_their_edges(string time, string pattern, string expected)
        => Assert.Equal(expected, new JavaDateFormat(pattern).Format(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("yyyy-MM-dd", "2024-05-06", "2024-05-06T00:00:00.000Z")]
    [InlineData("yyyyMMdd", "20240506", "2024-05-06T00:00:00.000Z")]
    [InlineData("yyyyMMddHHmmssSSS", "20240506070809123", "2024-05-06T07:08:09.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-05-06T07:08:09.123+02", "2024-05-06T05:08:09.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssXX", "2024-05-06T07:08:09-0130", "2024-05-06T08:38:09.000Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-05-06T07:08:09Z", "2024-05-06T07:08:09.000Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-05-06T07:08:09+01:00", "2024-05-06T06:08:09.000Z")]
    [InlineData("EEE, d MMM yyyy HH:mm:ss Z", "Mon, 6 May 2024 07:08:09 +0200", "2024-05-06T05:08:09.000Z")]
    [InlineData("d MMMM yyyy HH:mm z", "6 may 2024 07:08 PST", "2024-05-06T15:08:00.000Z")]
    [InlineData("HH:mm z", "07:08 GMT+1:00", "1970-01-01T06:08:00.000Z")]
    [InlineData("HH:mm z", "07:08 -0100", "1970-01-01T08:08:00.000Z")]
    [InlineData("h:mm a", "12:08 AM", "1970-01-01T00:08:00.000Z")]
    [InlineData("h:mm a", "1:08 pm", "1970-01-01T13:08:00.000Z")]
    [InlineData("K:mm a", "0:08 PM", "1970-01-01T12:08:00.000Z")]
    [InlineData("kk:mm", "24:30", "1970-01-01T00:30:00.000Z")]
    [InlineData("dd/MM/yy", "06/05/24", "2024-05-06T00:00:00.000Z")]
    [InlineData("dd/MM/yy", "06/05/47", "1947-05-06T00:00:00.000Z")]
    [InlineData("dd/MM/yy", "06/05/2024", "2024-05-06T00:00:00.000Z")]
    [InlineData("yyyy-DDD", "2024-060", "2024-02-29T00:00:00.000Z")]
    [InlineData("yyyy-MM-dd", "2024-13-32", "2025-02-01T00:00:00.000Z")]
    [InlineData("yyyy-MM-dd", "2024-5-6 and more", "2024-05-06T00:00:00.000Z")]
    [InlineData("yyyy-MM-dd", " 2024- 05-06", "2024-05-06T00:00:00.000Z")]
    [InlineData("ss.SSSSSS", "01.123456", "1970-01-01T00:02:04.456Z")]
    public void A_text_is_read_as_java_does(string pattern, string text, string expected)
    {
        Assert.True(new JavaDateFormat(pattern).TryParse(text, s_now, out var time));
        Assert.Equal(expected, time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("yyyy-MM-dd", "")]
    [InlineData("yyyy-MM-dd", "2024/05/06")]
    [InlineData("yyyy-MM-dd", "2024-05-")]
    [InlineData("yyyyMMdd", "202405x1")]
    [InlineData("yyyyMMddHH", "2024050")]
    [InlineData("MMM", "Foo")]
    [InlineData("HH:mm a", "07:08 xx")]
    [InlineData("X", "+2")]
    [InlineData("XXX", "+0200")]
    [InlineData("z", "+25:00")]
    [InlineData("yyyy", "10000")]
    [InlineData("G yyyy", "BC 0044")]
    [InlineData("YYYY-ww", "2024-05")]
    public void A_text_that_is_not_of_the_pattern_is_refused(string pattern, string text)
        => Assert.False(new JavaDateFormat(pattern).TryParse(text, s_now, out _));

    [Theory]
    [InlineData("yyyy-MM-ddTHH", "Illegal pattern character 'T'")]
    [InlineData("yyyy 'never closed", "Unterminated quote")]
    [InlineData("XXXX", "invalid ISO 8601 format: length=4")]
    public void A_pattern_without_meaning_is_refused(string pattern, string message)
        => Assert.Equal(message, Assert.Throws<ArgumentException>(() => new JavaDateFormat(pattern)).Message);
}
