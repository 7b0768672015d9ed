using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Exports.Api.Errors;

/// <summary>Gives a JSON body to errors that come without any: no such path, a method that the path does not have.</summary>
internal static class EmptyErrors
{
    public static async Task FillAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        var hasBody = response.HasStarted || response.ContentLength is not null || response.ContentType is not null;
        if (response.StatusCode < 400 || hasBody)
            return;
        var message = $"HTTP {response.StatusCode} {ReasonPhrases.GetReasonPhrase(response.StatusCode)}";
        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed && response.Headers.Allow is { Count: > 0 } allowed)
            message += $": {context.Request.Path} takes {allowed}";
        await ErrorResponses.Error(response.StatusCode, message).ExecuteAsync(context);
    }
}
