namespace Exports.Connectors.Sdk;

/// <summary>
/// Whose business an error is. A sink that knows it says so (<see cref="ConnectException.Cause"/>); status, metrics and advice to
/// operators follow from it.
/// </summary>
public enum ErrorCause
{
    /// <summary>Not told. The pipeline judges by the exception's type.</summary>
    Unknown,

    /// <summary>The destination, or who issues credentials for it, does not accept them, or they lack a permission.</summary>
    Credentials,

    /// <summary>The destination answers, and the stream, topic, file or path is not there.</summary>
    DestinationMissing,

    /// <summary>No connection, no answer in time, or an answer that says that the service is not available.</summary>
    DestinationUnreachable,

    /// <summary>The destination refuses what does not depend on the record: how it is set up, or how the request is made.</summary>
    DestinationRefused,

    /// <summary>The destination asks to slow down.</summary>
    Throttled,

    /// <summary>One record cannot be converted, transformed or accepted; others can.</summary>
    BadRecord,

    /// <summary>A key of the connector's configuration has a value that cannot work.</summary>
    Configuration,

    /// <summary>The Kafka that is read from does not answer, or refuses.</summary>
    Kafka,
}
