using System.Text.Json;
using System.Text.Unicode;

namespace Exports.Connectors.Http;

/// <summary>Says whether bytes are one JSON value.</summary>
internal static class JsonText
{
    // Deep enough for data, and shallow enough for receivers.
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 1000 };

    /// <summary>What is wrong with the bytes, or null when they are one JSON value in UTF-8.</summary>
    public static string? Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "it is empty";
        // The reader does not look at what is inside strings.
        if (!Utf8.IsValid(bytes))
            return "it is not UTF-8";
        try
        {
            var reader = new Utf8JsonReader(bytes, s_options);
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException e)
        {
            return $"it is not JSON from byte {e.BytePositionInLine} of line {e.LineNumber + 1} on";
        }
    }
}
