using System.Text.Json;
using Exports.Api.Errors;
using Exports.Api.Json;
using Exports.Api.Requests;
using Exports.Observation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Exports.Api.Loggers;

/// <summary>
/// The levels of loggers of this worker; with Kafka Connect's <c>scope=cluster</c> they are set in every worker that answers.
/// </summary>
internal static class LoggersEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/admin/loggers", List);
        routes.MapRead("/admin/loggers/{logger}", Get);
        routes.MapPut("/admin/loggers/{logger}", SetAsync);
    }

    private static IResult List(ILoggerLevels levels)
        => ApiJson.Result(
            levels.All.ToDictionary(level => level.Logger, LoggerLevelBody.From), ApiJson.Context.DictionaryStringLoggerLevelBody);

    private static IResult Get(PathSegment logger, ILoggerLevels levels)
        => levels.Find(logger.Value) is { } level
            ? ApiJson.Result(LoggerLevelBody.From(level), ApiJson.Context.LoggerLevelBody)
            : ErrorResponses.UnknownLogger(logger.Value);

    private static async Task<IResult> SetAsync(PathSegment logger, HttpRequest request, ILoggerLevels levels, IOtherWorkers others, ApiOptions options)
    {
        if (await JsonBody.ReadAsync(request, options.MaxRequestBodyBytes, Level) is not { } level)
            return ErrorResponses.NoLogLevel;
        if (levels.Set(logger.Value, level) is not { } changed)
            return ErrorResponses.InvalidLogLevel(level);
        // As in Kafka Connect, a scope that is none is taken for the worker's.
        if (request.Query["scope"] is not ["cluster"])
            return ApiJson.Result([.. changed], ApiJson.Context.ListString);
        await others.SetLogLevelAsync(logger.Value, level, request.HttpContext.RequestAborted);
        return Results.NoContent();
    }

    private static string? Level(JsonElement body)
    {
        if (!body.TryGetProperty("level", out var level) || level.ValueKind == JsonValueKind.Null)
            return null;
        return JsonKinds.AsText(level)
            ?? throw ApiException.BadRequest($"Invalid value for 'level': must be a string, not {JsonKinds.Describe(level)}");
    }
}
