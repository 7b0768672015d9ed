using Exports.Api.Security;
using Microsoft.AspNetCore.Http;

namespace Exports.Api.Errors;

/// <summary>The errors with the messages that clients of Kafka Connect know.</summary>
internal static class ErrorResponses
{
    public static ErrorResult Error(int status, string message) => new(status, message);

    public static ErrorResult ConnectorNotFound(string connector) => NotFound($"Connector {connector} not found");

    public static ErrorResult UnknownForTargetState(string connector) => NotFound($"Unknown connector {connector}");

    public static ErrorResult UnknownForRestart(string connector) => NotFound($"Unknown connector: {connector}");

    public static ErrorResult UnknownTask(string connector, string task) => NotFound($"Unknown task: {connector}-{task}");

    public static ErrorResult NoStatus(string connector) => NotFound($"No status found for connector {connector}");

    public static ErrorResult NoTaskStatus(string connector, string task)
        => NotFound($"No status found for task {connector}-{task}");

    public static ErrorResult AlreadyExists(string connector)
        => new(StatusCodes.Status409Conflict, $"Connector {connector} already exists");

    public static ErrorResult NameMismatch(string inConfig, string name)
        => BadRequest($"Connector name configuration ({inConfig}) doesn't match connector name in the URL ({name})");

    public static ErrorResult TypeMismatch(string connectorClass, string plugin)
        => BadRequest($"Included connector type {connectorClass} does not match request type {plugin}");

    public static ErrorResult InvalidConfig(IReadOnlyCollection<string> errors)
        => BadRequest(
            $"Connector configuration is invalid and contains the following {errors.Count} error(s):\n"
            + $"{string.Join('\n', errors)}\n"
            + "You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`");

    public static ErrorResult Unauthorized { get; }
        = new(StatusCodes.Status401Unauthorized, "HTTP 401 Unauthorized: the request needs credentials that are accepted here");

    public static ErrorResult Forbidden(ApiRole needed, ApiRole? has)
        => new(
            StatusCodes.Status403Forbidden,
            $"HTTP 403 Forbidden: the request needs the role {NameOf(needed)}; its caller has {(has is { } role ? $"the role {NameOf(role)}" : "none")}");

    public static ErrorResult TopicTrackingDisabled => new(StatusCodes.Status403Forbidden, "Topic tracking is disabled.");

    public static ErrorResult TopicResetDisabled => new(StatusCodes.Status403Forbidden, "Topic tracking reset is disabled.");

    public static ErrorResult NoPage(string file) => NotFound($"The page has no file {file}.");

    public static ErrorResult NoMetrics => NotFound("The worker serves no metrics (metrics.detail=none).");

    public static ErrorResult UnknownPlugin(string plugin) => NotFound($"Unknown plugin {plugin}.");

    public static ErrorResult InvalidPlugin(string plugin) => BadRequest(
        $"Invalid plugin class {plugin}. Valid types are sink, source, converter, header_converter, transformation, predicate.");

    public static ErrorResult UnknownLogger(string logger) => NotFound($"Logger {logger} not found.");

    public static ErrorResult InvalidLogLevel(string level) => NotFound($"invalid log level '{level}'.");

    public static ErrorResult NoLogLevel => BadRequest("Desired 'level' parameter was not specified in request.");

    public static ErrorResult NotStopped(string connector) => BadRequest(
        "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified "
        + $"connector by issuing a 'PUT' request to the '/connectors/{connector}/stop' endpoint");

    public static ErrorResult GroupActive(string connector, string doing) => new(
        StatusCodes.Status500InternalServerError,
        $"Failed to {doing} consumer group offsets for connector {connector} either because its tasks haven't stopped completely yet "
        + $"or the connector was resumed before the request to {doing} its offsets could be successfully completed. If the "
        + "connector is in a stopped state, this operation can be safely retried. If it doesn't eventually succeed, the Connect "
        + "cluster may need to be restarted to get rid of the zombie sink tasks.");

    public static ErrorResult OffsetsNotChanged(string connector, string doing, string? reason) => new(
        StatusCodes.Status500InternalServerError,
        $"Failed to {doing} the offsets of connector {connector}; they are as they were: {reason}");

    public static ErrorResult OffsetsUnknown(string connector, string reason) => new(
        StatusCodes.Status500InternalServerError, $"The offsets of connector {connector} cannot be told at present: {reason}");

    public static ErrorResult BadPath(string path) => BadRequest($"The path {path} is not percent-encoded UTF-8");

    public static ErrorResult UnsupportedMediaType(string? contentType)
        => new(
            StatusCodes.Status415UnsupportedMediaType,
            string.IsNullOrEmpty(contentType)
                ? "HTTP 415 Unsupported Media Type: the request has no Content-Type; it must be application/json"
                : $"HTTP 415 Unsupported Media Type: the Content-Type is '{contentType}'; it must be application/json in UTF-8");

    public static ErrorResult TimedOut(string stage, DateTimeOffset since)
        => new(
            StatusCodes.Status500InternalServerError,
            $"Request timed out. The worker is currently {stage}, which began at {since.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}");

    public static ErrorResult WorkerUnreachable { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "The worker that has to answer is gone or about to go; what runs in it is brought up in another one. Try again in some seconds.");

    /// <summary>Says nothing of the cause, which may hold secrets; the log has it under the same id.</summary>
    public static ErrorResult Unexpected(string requestId)
        => new(
            StatusCodes.Status500InternalServerError,
            $"Unexpected error; the worker's log tells the cause (request {requestId})");

    public static ErrorResult BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    private static string NameOf(ApiRole role) => role == ApiRole.Admin ? "admin" : "read-only";

    private static ErrorResult NotFound(string message) => new(StatusCodes.Status404NotFound, message);
}
