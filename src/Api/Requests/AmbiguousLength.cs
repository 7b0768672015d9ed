using Exports.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Requests;

/// <summary>
/// Refuses requests that give the length of their body twice, by <c>Content-Length</c> and in chunks, and ends their connection
/// (RFC 9112, 6.1): a proxy that goes by the other length would take a part of the body for a request of somebody else.
/// </summary>
internal static class AmbiguousLength
{
    /// <summary>Where the server puts the length that it does not go by.</summary>
    private const string Ignored = "X-Content-Length";

    public static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (headers.TransferEncoding.Count == 0 || !(headers.ContainsKey(Ignored) || headers.ContentLength is not null))
            return next(context);
        context.Response.Headers.Connection = "close";
        return ErrorResponses.BadRequest("The request has both Content-Length and Transfer-Encoding").ExecuteAsync(context);
    }
}
