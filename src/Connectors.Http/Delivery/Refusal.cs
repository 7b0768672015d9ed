using System.Net;
using System.Net.Http.Headers;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>An answer other than success, and what it means for the request.</summary>
/// <param name="Status">The answer's status.</param>
/// <param name="Exception">What is thrown for it.</param>
internal sealed record Refusal(HttpStatusCode Status, ConnectException Exception)
{
    /// <summary>Decides what an answer means.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="text">The beginning of its body, without secrets.</param>
    /// <param name="request">The request's records.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="time">The clock, for Retry-After as a date.</param>
    public static Refusal Of(
        HttpResponseMessage response, string text, SinkBatch request, HttpSinkConfig config, TimeProvider time)
    {
        var status = response.StatusCode;
        var phrase = ResponseText.Clean(response.ReasonPhrase ?? "", config.Secrets);
        var answer = $"{config.Origin} answered {(int)status} {phrase}".TrimEnd();
        var quoted = text.Length == 0 ? "" : $": {text}";
        return new(status, ExceptionFor(response, answer, quoted, request, config, time));
    }

    /// <summary>How long an answer asks to wait; null where it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, TimeProvider time)
    {
        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static ConnectException ExceptionFor(
        HttpResponseMessage response, string answer, string quoted, SinkBatch request, HttpSinkConfig config, TimeProvider time)
    {
        var wait = RetryAfter(response.Headers, time);
        switch ((int)response.StatusCode)
        {
            case 429:
            case 503 when wait is not null:
                return new ThrottledException(answer + quoted, retryAfter: wait);
            // 409: another attempt at the same request is still being worked on, or the receiver's state is not ready for it.
            case 408 or 409 or 425 or >= 500:
                return new RetriableException(answer + quoted, retryAfter: wait) { Cause = ErrorCause.DestinationUnreachable };
            case 400 or 413 or 422:
                return new DataException($"{answer} to {Describe(request)}{quoted}");
            case 401 or 403:
                return new ConnectException(
                    $"{answer}{quoted}. It does not accept the credentials: check {HttpSinkConfig.Authorization} and its keys, "
                    + $"{HttpHeaders.Prefix}*, and {HttpSinkConfig.SignatureSecret}. Placeholders are read anew when the task "
                    + "restarts.")
                { Cause = ErrorCause.Credentials };
            case 404 or 410:
                return new ConnectException($"{answer}{quoted}. Check the path of {HttpSinkConfig.Url}.") { Cause = ErrorCause.DestinationMissing };
            case 405:
                return new ConnectException(
                    $"{answer} to {config.HttpMethod}{quoted}. Check {HttpSinkConfig.Method} and {HttpSinkConfig.Url}.")
                { Cause = ErrorCause.Configuration };
            case 407:
                return new ConnectException(
                    $"A proxy on the way to {config.Origin} wants credentials. They belong into the proxy's address in the "
                    + "environment.")
                { Cause = ErrorCause.Configuration };
            case 415:
                return new ConnectException(
                    $"{answer}{quoted}. Check {HttpSinkConfig.Format}, {HttpHeaders.ContentType} and "
                    + $"{HttpSinkConfig.Compression}.")
                { Cause = ErrorCause.Configuration };
            case >= 300 and < 400:
                return new ConnectException(
                    $"{answer}{Target(response, config)}. Redirects are not followed, because they would take the records and "
                    + $"credentials to an address that nobody configured. If it is the right one, set {HttpSinkConfig.Url} to it.")
                { Cause = ErrorCause.Configuration };
            default:
                return new ConnectException(
                    $"{answer}{quoted}. Trying again would not help; the connector has to be configured anew, or the receiver.")
                { Cause = ErrorCause.DestinationRefused };
        }
    }

    private static string Target(HttpResponseMessage response, HttpSinkConfig config)
        => response.Headers.Location is { } location && Uri.TryCreate(config.Address, location, out var target)
            ? $", a redirect to {target.Scheme}://{target.Authority}"
            : "";

    private static string Describe(SinkBatch request)
    {
        ref readonly var first = ref request.Records[0];
        var name = $"{first.Topic}-{first.Partition}@{first.Offset}";
        return request.Count == 1 ? $"the record {name}" : $"a request of {request.Count} records, the first being {name}";
    }
}
