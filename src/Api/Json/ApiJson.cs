using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Exports.Api.Connectors;
using Exports.Api.Errors;
using Exports.Api.Loggers;
using Exports.Api.Plugins;
using Exports.Api.Server;
using Exports.Api.Tasks;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Json;

/// <summary>How bodies are written: snake_case, absent instead of null only where the contract says so, UTF-8 as it is.</summary>
internal static class ApiJson
{
    private const string ContentType = "application/json";

    public static ApiJsonContext Context { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // The bodies are never put into HTML, so there is no need to escape what HTML would take amiss.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static IResult Result<T>(T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
        => Results.Json(body, type, ContentType, status);
}

[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ServerInfoBody))]
[JsonSerializable(typeof(WorkerStatusBody))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(ConnectorInfoBody))]
[JsonSerializable(typeof(ConnectorStatusBody))]
[JsonSerializable(typeof(Dictionary<string, ConnectorListingBody>))]
[JsonSerializable(typeof(ConnectorOffsetsBody))]
[JsonSerializable(typeof(Dictionary<string, ConnectorTopicsBody>))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(Dictionary<string, LoggerLevelBody>))]
[JsonSerializable(typeof(List<ConfigKeyBody>))]
[JsonSerializable(typeof(List<TaskInfoBody>))]
[JsonSerializable(typeof(TaskStatusBody))]
[JsonSerializable(typeof(List<PluginInfoBody>))]
[JsonSerializable(typeof(ConfigInfosBody))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
