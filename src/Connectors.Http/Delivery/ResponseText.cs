using System.Buffers;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>Reads the bodies of answers, which may be of any size and hold anything.</summary>
internal static class ResponseText
{
    private const int MostRead = 4 * 1024;
    private const int MostDiscarded = 64 * 1024;
    private const int MostShown = 300;

    // Shorter values are no secrets, and would be found in words that have nothing to do with them.
    private const int ShortestSecret = 4;

    /// <summary>
    /// The beginning of an answer's body: one line without secrets. Empty where there is none or it cannot be read.
    /// </summary>
    public static async Task<string> ReadAsync(
        HttpResponseMessage response, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MostRead);
        try
        {
            var length = 0;
            try
            {
                await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
                length = await body.ReadAtLeastAsync(
                    buffer.AsMemory(0, MostRead), MostRead, throwOnEndOfStream: false, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // The status says enough.
            }

            return Clean(Encoding.UTF8.GetString(buffer, 0, length), secrets);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a body to its end, if it is near, so that the connection is free for the next request.</summary>
    public static async Task DiscardAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(MostRead);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            int read;
            for (var left = MostDiscarded; left > 0; left -= read)
            {
                read = await body.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                    return;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The records were accepted already.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The text as one line of bounded length, without secrets.</summary>
    public static string Clean(string text, IReadOnlyList<string> secrets)
    {
        // The longest first: one secret may be a part of another.
        foreach (var secret in secrets.Where(s => s.Length >= ShortestSecret).OrderByDescending(s => s.Length))
            text = text.Replace(secret, ParsedConfig.HiddenPassword, StringComparison.Ordinal);
        var line = new StringBuilder(Math.Min(text.Length, MostShown));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= MostShown)
                return line.Append('…').ToString();
            if (!Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune))
                line.Append(rune.ToString());
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }

        return line.ToString().TrimEnd();
    }
}
