using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>
/// Text of a configuration in which \n, \r, \t, \s (a space) and \\ stand for characters that would be trimmed or are hard to
/// write.
/// </summary>
internal static class EscapedText
{
    public const string Allowed =
        @"text in which \n, \r, \t, \s and \\ stand for line feed, carriage return, tab, space and backslash";

    /// <summary>The bytes of the text.</summary>
    /// <exception cref="ConfigException">
    /// It has another escape, or white space at either end, which configurations do not keep.
    /// </exception>
    public static byte[] Parse(string key, string text)
    {
        if (text.Trim().Length != text.Length)
        {
            throw new ConfigException(
                key, text, $"white space at either end must be written as an escape; allowed: {Allowed}");
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            result.Append((i < text.Length ? text[i] : '\0') switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                's' => ' ',
                '\\' => '\\',
                _ => throw new ConfigException(key, text, $"allowed: {Allowed}"),
            });
        }

        return Encoding.UTF8.GetBytes(result.ToString());
    }
}
