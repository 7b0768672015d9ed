using System.Net;
using System.Security.Authentication;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http;

/// <summary>Says what it means that there was no answer.</summary>
internal static class ConnectionFailure
{
    /// <summary>The exception for a failure to connect, to send, or to read the answer.</summary>
    public static ConnectException Of(HttpRequestException error, string origin, HttpSinkConfig config)
    {
        var reason = error.InnerException is { } inner && inner.Message != error.Message
            ? $"{error.Message} {inner.Message}"
            : error.Message;
        if (error.InnerException is AuthenticationException)
        {
            return new ConnectException(
                $"No TLS with {origin}: {reason} The receiver's certificate must be valid for its host and come from an authority "
                + $"that is trusted: the system's, or those of {HttpSinkConfig.CaFile}. A receiver that asks for the client's own "
                + $"certificate gets that of {HttpSinkConfig.CertificateFile}."
                + (config.HttpVersion == "2" ? $" With {HttpSinkConfig.Version}=2 it must know HTTP/2." : ""),
                error)
            { Cause = ErrorCause.Configuration };
        }

        if (error.HttpRequestError == HttpRequestError.VersionNegotiationError)
        {
            return new ConnectException(
                $"{origin} does not speak the version of HTTP that {HttpSinkConfig.Version} asks for: {reason}", error)
            { Cause = ErrorCause.Configuration };
        }

        return new RetriableException($"No answer from {origin}: {reason}", error) { Cause = ErrorCause.DestinationUnreachable };
    }

    /// <summary>The exception for a success that was said before the end of the body, with the connection lost.</summary>
    public static RetriableException OfEarlyAnswer(HttpSinkConfig config, HttpStatusCode status)
        => new($"{config.Origin} answered {(int)status}, but hung up before it had all of the request.") { Cause = ErrorCause.DestinationUnreachable };

    /// <summary>The exception for an answer that has not come in time.</summary>
    public static RetriableException OfTimeout(HttpSinkConfig config) => new(
        $"{config.Origin} has not answered within {HttpSinkConfig.Timeout}={config.RequestTimeout.TotalMilliseconds:0}.")
    { Cause = ErrorCause.DestinationUnreachable };
}
