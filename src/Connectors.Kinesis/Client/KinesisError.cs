using System.Net;
using System.Text;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>What Kinesis answered instead of a result.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The name of the error, such as <c>ResourceNotFoundException</c>; empty when there was none.</param>
/// <param name="Message">What the service says about it.</param>
internal readonly record struct KinesisError(HttpStatusCode Status, string Code, string Message)
{
    private const int LongestExcerpt = 200;

    /// <summary>Whether other credentials may do better.</summary>
    public bool IsAboutCredentials => Code is "ExpiredTokenException" or "ExpiredToken" or "UnrecognizedClientException"
        or "InvalidClientTokenId" or "InvalidAccessKeyId";

    /// <summary>Whether these credentials were good once.</summary>
    public bool IsExpiry => Code is "ExpiredTokenException" or "ExpiredToken";

    /// <summary>Whether the service finds that the request was signed at another time than now.</summary>
    public bool IsAboutTime => Code is "RequestExpired" or "RequestTimeTooSkewed" or "RequestInTheFuture"
        || (Code is "InvalidSignatureException" or "SignatureDoesNotMatch"
            && (Message.Contains("expired", StringComparison.OrdinalIgnoreCase)
                || Message.Contains("not yet current", StringComparison.OrdinalIgnoreCase)));

    private bool IsThrottling => Status == HttpStatusCode.TooManyRequests || IsThrottlingCode(Code);

    private bool IsTemporary => Status is >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout
        || Code is "InternalFailure" or "InternalServerError" or "ServiceUnavailable" or "ServiceUnavailableException"
            or "ResourceInUseException";

    /// <summary>Reads an answer that is none of success.</summary>
    /// <param name="status">The status.</param>
    /// <param name="typeHeader">The header <c>x-amzn-ErrorType</c>, or null.</param>
    /// <param name="body">The body.</param>
    public static KinesisError Read(HttpStatusCode status, string? typeHeader, ReadOnlySpan<byte> body)
    {
        string? type = null;
        string? message = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("__type"u8) || reader.ValueTextEquals("code"u8))
                {
                    reader.Read();
                    type ??= reader.GetString();
                }
                else if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8))
                {
                    reader.Read();
                    message ??= reader.GetString();
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy's page, perhaps. Its beginning helps to find out whose.
            message = Encoding.UTF8.GetString(body[..Math.Min(body.Length, LongestExcerpt)]).ReplaceLineEndings(" ");
        }

        return new(status, Name(type ?? typeHeader ?? ""), message ?? "");
    }

    /// <summary>The error of a single record; all of them are worth another try.</summary>
    public static RetriableException OfRecord(string code, string? message)
    {
        var text = string.IsNullOrEmpty(message) ? code : $"{code}: {message}";
        return IsThrottlingCode(code) ? new ThrottledException(text) : new RetriableException(text);
    }

    /// <summary>The error as the delivery takes it.</summary>
    /// <param name="action">The operation that was asked for.</param>
    /// <param name="streamName">The stream.</param>
    /// <param name="endpoint">Where it was looked for.</param>
    /// <param name="retryAfter">How long the service asks to wait, or null.</param>
    public ConnectException ToException(string action, string streamName, KinesisEndpoint endpoint, TimeSpan? retryAfter)
    {
        if (IsThrottling)
            return new ThrottledException($"{this}", retryAfter: retryAfter);
        if (IsTemporary)
            return new RetriableException($"{this}", retryAfter: retryAfter) { Cause = ErrorCause.DestinationUnreachable };
        return Code switch
        {
            "ResourceNotFoundException" => new KinesisRefusalException(
                KinesisKeys.StreamName,
                $"There is no stream {streamName} in {endpoint}. Check {KinesisKeys.StreamName}, "
                + $"{KinesisKeys.Region} and, for a stream of another account, {KinesisKeys.RoleArn}: {this}")
            { Cause = ErrorCause.DestinationMissing },
            "AccessDeniedException" or "KMSAccessDeniedException" => new KinesisRefusalException(
                KinesisKeys.RoleArn,
                $"The credentials do not allow {(Code[0] == 'K' ? "kms:GenerateDataKey" : $"kinesis:{action}")} for the stream "
                + $"{streamName} in {endpoint}. Allow it in the policies of {KinesisKeys.RoleArn}, or of the worker's own "
                + $"identity where no role is given: {this}")
            {
                Cause = ErrorCause.Credentials,
                IsAboutPermission = true,
            },
            "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidAccessKeyId" => new KinesisRefusalException(
                KinesisKeys.RoleArn,
                $"Kinesis in {endpoint} does not know the access key. Check the credentials, and that they are of the same "
                + $"partition of AWS as {KinesisKeys.Region}: {this}")
            { Cause = ErrorCause.Credentials },
            "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature" or "IncompleteSignatureException" =>
                new KinesisRefusalException(
                    KinesisKeys.Region,
                    $"Kinesis in {endpoint} refuses the signature. Check that {KinesisKeys.Region} is the endpoint's, and "
                    + $"that the secret access key is complete: {this}")
                { Cause = ErrorCause.Credentials },
            "MissingAuthenticationToken" or "MissingAuthenticationTokenException" => new KinesisRefusalException(
                KinesisKeys.Endpoint,
                $"The request arrived without its signature. Check {KinesisKeys.Endpoint} and proxies on the way: {this}")
            { Cause = ErrorCause.DestinationRefused },
            "ValidationException" or "InvalidArgumentException" or "SerializationException" => new DataException($"{this}"),
            _ when Status == HttpStatusCode.RequestEntityTooLarge => new DataException($"{this}"),
            "KMSDisabledException" or "KMSInvalidStateException" or "KMSNotFoundException" or "KMSOptInRequired" =>
                new KinesisRefusalException(
                    KinesisKeys.StreamName,
                    $"The key that encrypts the stream {streamName} cannot be used; see to it in KMS: {this}")
                { Cause = ErrorCause.DestinationRefused },
            _ => new KinesisRefusalException(
                KinesisKeys.Endpoint, $"{endpoint} answered {action} for the stream {streamName} with an error: {this}")
            { Cause = ErrorCause.DestinationRefused },
        };
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"{(Code.Length > 0 ? Code : $"HTTP {(int)Status}")}{(Message.Length > 0 ? $": {Message}" : "")}";

    private static bool IsThrottlingCode(string code) => code is "ProvisionedThroughputExceededException"
        or "LimitExceededException" or "ThrottlingException" or "Throttling" or "ThrottledException" or "KMSThrottlingException"
        or "RequestLimitExceeded" or "TooManyRequestsException";

    // com.amazonaws.kinesis.v20131202#ResourceNotFoundException, or ResourceNotFoundException:http://…
    private static string Name(string type)
    {
        type = type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..];
        var end = type.IndexOf(':', StringComparison.Ordinal);
        return end < 0 ? type : type[..end];
    }
}
