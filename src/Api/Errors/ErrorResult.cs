using Exports.Api.Json;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Errors;

/// <summary>The body of every error.</summary>
internal sealed record ErrorBody(int ErrorCode, string Message);

/// <summary>An error: its code is also the HTTP status.</summary>
internal sealed class ErrorResult(int status, string message) : IResult
{
    public ErrorBody Body { get; } = new(status, message);

    public Task ExecuteAsync(HttpContext httpContext)
        => ApiJson.Result(Body, ApiJson.Context.ErrorBody, Body.ErrorCode).ExecuteAsync(httpContext);
}
