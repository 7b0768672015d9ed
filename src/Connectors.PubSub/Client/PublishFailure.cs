using Exports.Connectors.PubSub.Wire;
using Exports.Connectors.Sdk;
using Google.Protobuf;
using Grpc.Core;
using Status = Exports.Connectors.PubSub.Wire.Status;

namespace Exports.Connectors.PubSub;

/// <summary>Says what a failed request means: whether the same may succeed later, and else what to do.</summary>
/// <remarks>The codes are described at https://cloud.google.com/pubsub/docs/reference/error-codes.</remarks>
internal static class PublishFailure
{
    private const string StatusDetails = "grpc-status-details-bin";
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    // Google's own servers take 10 MB. Others, such as emulators, may have gRPC's usual limit, and say so in these words.
    private static readonly string[] s_tooLarge =
        ["larger than max", "exceeds maximum size", "exceeds the maximum configured message size"];

    /// <summary>Judges the error of a call.</summary>
    /// <param name="error">The error.</param>
    /// <param name="topic">The topic to which messages were published.</param>
    /// <param name="endpoint">Where the service listens.</param>
    /// <param name="identity">Who published; null for nobody (emulator).</param>
    /// <returns>The exception to throw.</returns>
    public static ConnectException Of(RpcException error, TopicName topic, ServiceEndpoint endpoint, string? identity)
    {
        var text = error.Status.Detail;
        switch (error.StatusCode)
        {
            case StatusCode.ResourceExhausted when Array.Exists(s_tooLarge, words => text.Contains(words, StringComparison.OrdinalIgnoreCase)):
                return new DataException($"{endpoint} takes no request of this size: {text}", error);

            case StatusCode.ResourceExhausted:
                return new ThrottledException($"Pub/Sub asks to slow down on {topic}: {text}", error, RetryAfter(error));

            case StatusCode.DeadlineExceeded:
                return new RetriableException(
                    $"{endpoint} did not answer within {PubSubKeys.RequestTimeout}. It may have accepted the messages, which are sent again.",
                    error, RetryAfter(error))
                { Cause = ErrorCause.DestinationUnreachable };

            case StatusCode.Unavailable or StatusCode.Aborted or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown:
                return new RetriableException($"{endpoint} did not accept messages for {topic}: {Describe(error)}", error, RetryAfter(error)) { Cause = ErrorCause.DestinationUnreachable };

            case StatusCode.NotFound:
                return new ConnectException(
                    $"There is no topic {topic} ({PubSubKeys.Project}, {PubSubKeys.Topic}). Create it, or correct the configuration. "
                    + $"The service says: {text}", error)
                { Cause = ErrorCause.DestinationMissing };

            case StatusCode.PermissionDenied:
                return new ConnectException(
                    $"{identity ?? "This worker"} must not publish to {topic}: it needs the permission pubsub.topics.publish, which the "
                    + $"role roles/pubsub.publisher has. The service says: {text}", error)
                { Cause = ErrorCause.Credentials };

            case StatusCode.Unauthenticated:
                return new ConnectException(
                    $"{identity ?? "Without credentials, this worker"} is not let in by {endpoint}, with a new token either. The service "
                    + $"says: {text}", error)
                { Cause = ErrorCause.Credentials };

            // A topic that cannot exist would otherwise have every single record refused, and skipped where that is tolerated.
            case StatusCode.InvalidArgument when text.Contains("resource name", StringComparison.OrdinalIgnoreCase):
                return new ConnectException(
                    $"{endpoint} takes {topic} for no topic's name ({PubSubKeys.Project}, {PubSubKeys.Topic}): {text}", error)
                { Cause = ErrorCause.Configuration };

            case StatusCode.InvalidArgument or StatusCode.OutOfRange:
                return new DataException($"Pub/Sub refuses what was published to {topic}: {text}", error);

            // A disabled encryption key, or a region that the topic's storage policy forbids. Waiting does not help, an operator does.
            case StatusCode.FailedPrecondition:
                return new ConnectException(
                    $"The topic {topic} takes no messages as it is set up (its encryption key, or its storage policy and the region of "
                    + $"{endpoint}). The service says: {text}", error)
                { Cause = ErrorCause.DestinationRefused };

            case StatusCode.Unimplemented:
                return new ConnectException($"{endpoint} is not Pub/Sub ({PubSubKeys.Endpoint}): {Describe(error)}", error) { Cause = ErrorCause.Configuration };

            default:
                return new ConnectException($"Publishing to {topic} failed: {error.StatusCode}: {text}", error) { Cause = ErrorCause.DestinationRefused };
        }
    }

    /// <summary>How long the service asks to wait, or null.</summary>
    public static TimeSpan? RetryAfter(RpcException error)
    {
        if (error.Trailers.GetValueBytes(StatusDetails) is not { } bytes)
            return null;
        try
        {
            foreach (var detail in Status.Parser.ParseFrom(bytes).Details)
            {
                if (detail.TypeUrl == RetryInfoType
                    && RetryInfo.Parser.ParseFrom(detail.Value).RetryDelay?.ToTimeSpan() is { } delay && delay > TimeSpan.Zero)
                {
                    return delay;
                }
            }
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException)
        {
            // What cannot be read says nothing.
        }

        return null;
    }

    /// <summary>The code, what the service says, and the cause beneath (a refused connection, a certificate).</summary>
    public static string Describe(RpcException error)
    {
        var cause = error.Status.DebugException;
        while (cause?.InnerException is { } inner)
            cause = inner;
        return cause is null || error.Status.Detail.Contains(cause.Message, StringComparison.Ordinal)
            ? $"{error.StatusCode}: {error.Status.Detail}"
            : $"{error.StatusCode}: {error.Status.Detail} ({cause.Message})";
    }
}
