using System.Text;

namespace Exports.Pipeline;

/// <summary>Finds encodings by the names that Java knows them by.</summary>
internal static class JavaEncoding
{
    // Java's historical names; for the others both sides use the names of the IANA.
    private static readonly Dictionary<string, string> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UTF8"] = "utf-8",
        ["ASCII"] = "us-ascii",
        ["ISO8859_1"] = "iso-8859-1",
        ["ISO8859-1"] = "iso-8859-1",
        ["Latin1"] = "iso-8859-1",
        ["UnicodeBigUnmarked"] = "utf-16BE",
        ["UnicodeLittleUnmarked"] = "utf-16LE",
        ["Cp1252"] = "windows-1252",
        ["SJIS"] = "shift_jis",
        ["EUC_JP"] = "euc-jp",
        ["EUC_KR"] = "euc-kr",
        ["MS932"] = "shift_jis",
    };

    // Java and .NET disagree on the byte order that these stand for.
    private static readonly HashSet<string> s_ambiguous = new(["UTF16", "UTF-16", "UTF32", "UTF-32", "unicode"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The encoding, or null when there is none of that name or the name does not say the byte order.</summary>
    public static Encoding? Find(string name)
    {
        if (s_ambiguous.Contains(name))
            return null;
        name = s_names.GetValueOrDefault(name, name);
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
