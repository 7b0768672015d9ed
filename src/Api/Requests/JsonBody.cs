using System.Buffers;
using System.Text.Json;
using Exports.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Exports.Api.Requests;

/// <summary>Reads a request's body as one JSON object.</summary>
internal static class JsonBody
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the body and has it taken apart.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The largest body that is accepted.</param>
    /// <param name="parse">Makes the result of the top-level object; called before this completes.</param>
    /// <exception cref="ApiException">
    /// The body is not said to be JSON (415), is too large (413), or is not a well-formed JSON object (400).
    /// </exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, long maxBytes, Func<JsonElement, T> parse)
    {
        if (!MediaTypeFilter.IsJson(request.ContentType))
            throw new ApiException(ErrorResponses.UnsupportedMediaType(request.ContentType));
        var body = await ReadBytesAsync(request, maxBytes);
        if (body.Span.StartsWith(Utf8Mark))
            body = body[Utf8Mark.Length..];
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw ApiException.BadRequest("The request has no body; it must be a JSON object.");
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw ApiException.BadRequest(
                    $"The body must be a JSON object, not {JsonKinds.Describe(document.RootElement)}.");
            }
            return parse(document.RootElement);
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest(Malformed(e));
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            // Text is decoded only when it is asked for: bytes that are no UTF-8, or half of a surrogate pair.
            throw ApiException.BadRequest("Malformed JSON: a text in it is not valid Unicode.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request, long maxBytes)
    {
        // The limit is kept here. What is left of a larger body the server reads and drops, within limits of its own, so that
        // the connection stays usable.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        var bytes = new ArrayBufferWriter<byte>((int)Math.Min(request.ContentLength ?? 4096, 1 << 16) + 1);
        while (true)
        {
            var read = await ReadAsync(request, bytes.GetMemory());
            if (read == 0)
                return bytes.WrittenMemory;
            bytes.Advance(read);
            if (bytes.WrittenCount > maxBytes)
                throw TooLarge(maxBytes);
        }
    }

    private static async ValueTask<int> ReadAsync(HttpRequest request, Memory<byte> into)
    {
        try
        {
            return await request.Body.ReadAsync(into, request.HttpContext.RequestAborted);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // What the server calls a failed read is the client's: a chunk whose length is no number that there is.
            throw ApiException.BadRequest("The request's body cannot be read: the lengths in it are wrong.");
        }
    }

    private static ApiException TooLarge(long maxBytes)
        => new(StatusCodes.Status413PayloadTooLarge, $"The request's body is too large; at most {maxBytes} bytes are accepted.");

    private static string Malformed(JsonException e)
    {
        var message = e.Message;
        if (message.IndexOf(" LineNumber:", StringComparison.Ordinal) is > 0 and var position)
            message = message[..position];
        return $"Malformed JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {message}";
    }
}
