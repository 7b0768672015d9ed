using System.Net.Sockets;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Judges whose business an exception is.</summary>
public static class ErrorCauses
{
    /// <summary>The number of <see cref="ErrorCause"/>s.</summary>
    internal const int Count = (int)ErrorCause.Kafka + 1;

    /// <summary>
    /// What the exception, or the first one beneath it that knows, says; for a sink that does not say, what its type tells.
    /// <see cref="ErrorCause.Unknown"/> is a defect of ours or of a plugin.
    /// </summary>
    public static ErrorCause Of(Exception exception)
    {
        for (var error = exception; error is not null; error = error.InnerException)
        {
            switch (error)
            {
                case ConversionException:
                    return ErrorCause.BadRecord;
                case ConnectException { Cause: not ErrorCause.Unknown and var cause }:
                    return cause;
                case HttpRequestException or SocketException or TimeoutException:
                    return ErrorCause.DestinationUnreachable;
                case UnauthorizedAccessException:
                    return ErrorCause.Credentials;
                case FileNotFoundException or DirectoryNotFoundException:
                    return ErrorCause.DestinationMissing;
                case RetriableException when error.InnerException is null:
                    return ErrorCause.DestinationUnreachable;
            }
        }

        return ErrorCause.Unknown;
    }
}
