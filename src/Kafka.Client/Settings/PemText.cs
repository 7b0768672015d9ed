using System.Text;
using System.Text.RegularExpressions;

namespace Exports.Kafka.Client;

/// <summary>Certificates and keys as text (PEM).</summary>
internal static partial class PemText
{
    /// <summary>
    /// Puts each block into lines again: a value that came through a properties file or an environment variable often has
    /// spaces where line ends were, which OpenSSL does not read.
    /// </summary>
    /// <returns>The blocks, or null when there is none.</returns>
    public static string? Normalise(string text)
    {
        var result = new StringBuilder();
        foreach (Match block in Blocks().Matches(text))
        {
            var body = block.Groups["body"].Value;
            var label = block.Groups["label"].Value;
            result.Append("-----BEGIN ").Append(label).Append("-----\n");
            if (body.Contains(':'))
            {
                // Headers, as of keys encrypted in the old way: their lines must stay.
                result.Append(body.Trim().ReplaceLineEndings("\n")).Append('\n');
            }
            else
            {
                var data = Spaces().Replace(body, "");
                for (var at = 0; at < data.Length; at += 64)
                    result.Append(data.AsSpan(at, Math.Min(64, data.Length - at))).Append('\n');
            }

            result.Append("-----END ").Append(label).Append("-----\n");
        }

        return result.Length > 0 ? result.ToString() : null;
    }

    [GeneratedRegex(
        @"-----BEGIN\s+(?<label>[A-Z0-9 ]+?)\s*-----(?<body>.*?)-----END\s+\k<label>\s*-----", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
