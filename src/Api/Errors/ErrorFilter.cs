using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Errors;

/// <summary>Turns whatever an endpoint throws into an error with a JSON body and without a stack trace.</summary>
internal sealed partial class ErrorFilter(ILogger<ErrorFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (ApiException e)
        {
            return e.Result;
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (BadHttpRequestException e)
        {
            return ErrorResponses.Error(e.StatusCode, e.Message);
        }
        catch (ConnectException e) when (e is ConfigException or PluginNotFoundException)
        {
            return ErrorResponses.BadRequest(e.Message);
        }
        catch (ConnectException e)
        {
            Log.Failed(logger, http.Request.Method, http.Request.Path, http.TraceIdentifier, e);
            return ErrorResponses.Error(StatusCodes.Status500InternalServerError, e.Message);
        }
        catch (OrleansMessageRejectionException e)
        {
            Log.Unreachable(logger, http.Request.Method, http.Request.Path, e.Message);
            return ErrorResponses.WorkerUnreachable;
        }
        catch (Exception e)
        {
            Log.Failed(logger, http.Request.Method, http.Request.Path, http.TraceIdentifier, e);
            return ErrorResponses.Unexpected(http.TraceIdentifier);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "{Method} {Path} found no worker that answers: {Error}")]
        public static partial void Unreachable(ILogger logger, string method, string path, string error);

        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed (request {RequestId})")]
        public static partial void Failed(ILogger logger, string method, string path, string requestId, Exception error);
    }
}
