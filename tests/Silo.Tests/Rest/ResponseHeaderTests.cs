using Exports.Silo.Rest;
using Microsoft.AspNetCore.Http;

namespace Exports.Silo.Tests.Rest;

public sealed class ResponseHeaderTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("", "")]
    [InlineData("add A: 1", "A=0,1")]
    [InlineData("set A: 1", "A=1")]
    [InlineData("SET A:1", "A=1")]
    [InlineData("set A: b: c", "A=b: c")]
    [InlineData("add B: 1, add B: 2", "A=0|B=1,2")]
    [InlineData("\"set A: x, y\" , set B: z", "A=x, y|B=z")]
    [InlineData("\"set A: \"\"q\"\"\"", "A=\"q\"")]
    [InlineData("set A:", "A=")]
    [InlineData("setDate A: 1000", "A=Fri, 02 Jan 2026 03:04:06 GMT")]
    [InlineData("addDate B: -1000", "A=0|B=Fri, 02 Jan 2026 03:04:04 GMT")]
    public void Headers_are_added_and_set(string text, string expected)
    {
        Assert.True(ResponseHeader.TryParseAll(text, out var headers, out var error), error);
        var response = new HeaderDictionary { ["A"] = "0" };
        foreach (var header in headers)
            header.Apply(response, s_now);
        Assert.Equal(expected.Length == 0 ? "A=0" : expected, string.Join('|', response.Select(pair => $"{pair.Key}={string.Join(',', pair.Value!)}")));
    }

    [Theory]
    [InlineData("A: 1", "no known action")]
    [InlineData("put A: 1", "put")]
    [InlineData("add A", "no header's name")]
    [InlineData("add : 1", "no header's name")]
    [InlineData("add A B: 1", "'A B'")]
    [InlineData("add A: 1,", "no known action")]
    [InlineData("\"add A: 1", "not closed")]
    [InlineData("\"add A: 1\" x", "text follows")]
    [InlineData("add A: 1\r\nB: 2", "cannot hold")]
    [InlineData("add A: é", "cannot hold")]
    [InlineData("setDate A: soon", "milliseconds")]
    [InlineData("setDate A: 9223372036854775807", "milliseconds")]
    [InlineData("set Content-Length: 5", "server's own")]
    public void What_is_wrong_is_named(string text, string expected)
    {
        Assert.False(ResponseHeader.TryParseAll(text, out _, out var error));
        Assert.Contains(expected, error);
    }
}
