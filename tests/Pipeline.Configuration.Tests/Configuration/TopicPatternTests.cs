using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Configuration;

public class TopicPatternTests
{
    [Theory]
    [InlineData("demo-.*", "demo-a", "my-demo-a")]
    [InlineData("a|b", "b", "ab")]
    [InlineData("a|bc", "bc", "ac")]
    [InlineData("orders", "orders", "orders\n")]
    [InlineData("[a-c]{2,3}", "abc", "abcd")]
    [InlineData("\\d+", "42", "٤٢")]
    [InlineData("\\w+", "a_1", "é")]
    [InlineData("[\\w.-]+", "a.b-c_1", "a b")]
    [InlineData("a\\sb", "a b", "a\u00A0b")]
    [InlineData("\\D\\W\\S", "a-b", "1-b")]
    [InlineData("[\\D]x", "ax", "1x")]
    [InlineData("[^\\s]+", "ab", "a b")]
    [InlineData("[\\s\\S]*", "a\nb", null)]
    [InlineData("\\p{Alpha}+", "abcXYZ", "abc1")]
    [InlineData("\\P{Alpha}", "1", "a")]
    [InlineData("[\\p{Lower}\\p{Digit}]+", "a1", "A1")]
    [InlineData("\\p{Punct}", "~", "a")]
    [InlineData("\\p{Punct}", "[", "1")]
    [InlineData("\\p{Graph}\\p{Print}\\p{XDigit}\\p{Alnum}\\p{Upper}\\p{ASCII}", "a FzZ!", "a FzZé")]
    [InlineData("\\p{L}\\p{IsLu}\\pN\\PL", "éA11", "éAAA")]
    [InlineData("\\Qa.b*\\E+", "a.b**", "aXb*")]
    [InlineData("\\Qa.b", "a.b", "aXb")]
    [InlineData("a\\.b\\-c\\_d", "a.b-c_d", "aXb-c_d")]
    [InlineData("(a|b)\\1", "aa", "ab")]
    [InlineData("(?<x>a|b)\\k<x>", "bb", "ba")]
    [InlineData("(?!internal)[a-z]+", "orders", "internal")]
    [InlineData("(?!__).*(?<!-dlq)", "orders", "orders-dlq")]
    [InlineData("(?:a)(?=b)b", "ab", "a")]
    [InlineData("(?i)ORDERS", "orders", "order")]
    [InlineData("a(?i:B)c", "abc", "abC")]
    [InlineData("(?iu)É", "é", "e")]
    [InlineData("a*+b", "aaab", "aaa")]
    [InlineData("a*+a", null, "aaa")]
    [InlineData("(ab)++c", "ababc", "abab")]
    [InlineData("[ab]?+c", "ac", "abc")]
    [InlineData("a{2,}+b", "aab", "ab")]
    [InlineData("(?>a|ab)c", "ac", "abc")]
    [InlineData("a+?b??", "aa", "ba")]
    [InlineData("[a-c[x-z]]+", "ax", "am")]
    [InlineData("[a-z&&[^m-o]]+", "az", "an")]
    [InlineData("[]a]", "]", "b")]
    [InlineData("[a-]", "-", "b")]
    [InlineData("[^-a]", "b", "-")]
    [InlineData("[\\-\\]\\[^]", "^", "a")]
    [InlineData("[a&b]", "&", "c")]
    [InlineData("\\x41\\u0042\\0103\\x{44}", "ABCD", "ABC")]
    [InlineData("\\h\\v\\R", " \n\r\n", "a\n\n")]
    [InlineData("a#b c", "a#b c", "a")]
    [InlineData("]}", "]}", "]")]
    [InlineData("^a$", "a", "b")]
    [InlineData("", "", "a")]
    public void Java_patterns_match_whole_names(string pattern, string? matches, string? differs)
    {
        var topics = new TopicPattern(pattern);

        if (matches is not null)
            Assert.True(topics.Matches(matches));
        if (differs is not null)
            Assert.False(topics.Matches(differs));
        Assert.Equal(pattern, topics.ToString());
    }

    [Theory]
    [InlineData("[", "Unclosed character class")]
    [InlineData("(a", "Unclosed group")]
    [InlineData("a)", "Unmatched closing ')'")]
    [InlineData("*a", "Dangling meta character '*'")]
    [InlineData("a**", "Dangling meta character '*'")]
    [InlineData("a{,3}", "Illegal repetition")]
    [InlineData("{a}", "Illegal repetition")]
    [InlineData("a{3,2}", "Illegal repetition")]
    [InlineData("${topic}", "Illegal repetition")]
    [InlineData("a\\", "Unexpected end after a backslash")]
    [InlineData("\\y", "\\y is not supported")]
    [InlineData("\\X", "\\X is not supported")]
    [InlineData("\\N{WHITE SMILING FACE}", "\\N is not supported")]
    [InlineData("\\p{IsGreek}", "\\p{IsGreek} is not supported")]
    [InlineData("\\p{javaLowerCase}", "\\p{javaLowerCase} is not supported")]
    [InlineData("[a-z&&[aeiou]]", "&& is supported only as")]
    [InlineData("[a-z&&def]", "&& is supported only as")]
    [InlineData("[a[^b]]", "supported only where it is plain")]
    [InlineData("(?x)a b", "flag (x) is not supported")]
    [InlineData("(?U)a", "flag (U) is not supported")]
    [InlineData("(?#comment)", "Unknown inline modifier '#'")]
    [InlineData("(?<x>a)(b)\\2", "refer to groups by name")]
    [InlineData("(?<1a>a)", "A group's name")]
    [InlineData("\\b{g}", "\\b{g} is not supported")]
    [InlineData("\\u12", "Illegal hexadecimal escape sequence")]
    [InlineData("\\x{110000}", "Characters beyond U+FFFF")]
    [InlineData("a(?<=", "Unclosed group")]
    [InlineData("[z-a]", "")]
    public void What_cannot_be_translated_is_refused(string pattern, string reason)
    {
        var error = Assert.Throws<ConfigException>(() => new TopicPattern(pattern));

        Assert.StartsWith($"Invalid value {pattern} for configuration topics.regex: Invalid regex: ", error.Message,
            StringComparison.Ordinal);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_pattern_made_to_hang_does_not()
    {
        // Plain patterns take linear time; those with look-around have a limit.
        Assert.False(new TopicPattern("(a+)+b").Matches(new('a', 50_000)));
        Assert.Throws<ConnectException>(() => new TopicPattern("(?=a)(a+)+b").Matches(new('a', 50_000)));
        Assert.Throws<ConfigException>(() => new TopicPattern(new string('(', 100_000)));
        Assert.Throws<ConfigException>(() => new TopicPattern(new string('[', 100_000)));
    }
}
