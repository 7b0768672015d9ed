namespace Exports.Pipeline.Configuration.Tests.Configuration;

public class JavaPropertiesTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a:b", "a", "b")]
    [InlineData("a b", "a", "b")]
    [InlineData("  a  =  b c  ", "a", "b c  ")]
    [InlineData("a = = b", "a", "= b")]
    [InlineData("a\t:\tb", "a", "b")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("=b", "", "b")]
    [InlineData("a\\=b\\:c\\ d=e", "a=b:c d", "e")]
    [InlineData("a=\\t\\n\\r\\f\\\\\\q", "a", "\t\n\r\f\\q")]
    [InlineData("caf\\u00e9=\\u00DF", "café", "ß")]
    [InlineData("a=one\\\n   two\\\r\n\tthree", "a", "onetwothree")]
    [InlineData("a=b\\\\\nc=d", "a", "b\\")]
    [InlineData("a=b\\\\\\\nc", "a", "b\\c")]
    [InlineData("a=b\\", "a", "b")]
    [InlineData("a=b\\\n\nc=d", "a", "b")]
    [InlineData("a=b\\\n#no comment", "a", "b#no comment")]
    [InlineData("a=b#c!d", "a", "b#c!d")]
    [InlineData("a=1\na=2", "a", "2")]
    [InlineData("a\\\n  b=c", "ab", "c")]
    [InlineData("url=jdbc:pg://h:1/d?x=y", "url", "jdbc:pg://h:1/d?x=y")]
    [InlineData("a=b\rc=d", "a", "b")]
    public void Entries_are_read_as_Java_reads_them(string text, string key, string value)
        => Assert.Equal(value, JavaProperties.Parse(text)[key]);

    [Fact]
    public void Blank_lines_and_comments_are_no_entries()
        => Assert.Empty(JavaProperties.Parse("\n  \n\t\f\n# a=b\n  ! c=d\\\n# continued? no\n"));

    [Theory]
    [InlineData("a=\\u12")]
    [InlineData("a=\\uXYZW")]
    [InlineData("ok=1\n\na=\\u 123")]
    public void A_malformed_escape_is_refused_with_its_line(string text)
    {
        var error = Assert.Throws<FormatException>(() => JavaProperties.Parse(text));
        Assert.StartsWith($"Line {text.Count(c => c == '\n') + 1}: Malformed \\uxxxx encoding.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_as_UTF8()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal("ß€", JavaProperties.Load(folder.File("x.properties", "a=ß€"))["a"]);
        Assert.ThrowsAny<IOException>(() => JavaProperties.Load(folder.Folder("missing")));
    }
}
