using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Exports.Api.Errors;

/// <summary>Says with the API's body what endpoints of others say as text or as a problem of RFC 9457.</summary>
internal sealed class ForeignErrors : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        => await next(context) switch
        {
            ProblemHttpResult { ProblemDetails: var problem } result => ErrorResponses.Error(result.StatusCode, problem.Detail ?? problem.Title ?? ""),
            ContentHttpResult { StatusCode: >= 400 and var status, ResponseContent: { } text } => ErrorResponses.Error(status, text),
            var result => result,
        };
}
