using Exports.Connectors.Sdk;
using Exports.Grains;
using Exports.Pipeline;

namespace Exports.Observation;

/// <summary>Turns errors into troubles.</summary>
public static class Problems
{
    private const int LongestMessage = 2000;

    /// <summary>The trouble that an exception is. Its message must hold no secrets.</summary>
    public static Problem Of(Exception exception, DateTimeOffset since) => Of(ErrorCauses.Of(exception), exception.Message, since);

    /// <summary>The trouble that an error is.</summary>
    /// <param name="cause">Whose business it is.</param>
    /// <param name="message">What happened; a long one is cut.</param>
    /// <param name="since">Since when.</param>
    public static Problem Of(ErrorCause cause, string message, DateTimeOffset since) => Of(CauseOf(cause), message, since);

    /// <inheritdoc cref="Of(ErrorCause, string, DateTimeOffset)"/>
    public static Problem Of(ProblemCause cause, string message, DateTimeOffset since)
        => new(cause, message.Length <= LongestMessage ? message : $"{message.AsSpan(0, LongestMessage)}…", since);

    private static ProblemCause CauseOf(ErrorCause cause) => cause switch
    {
        ErrorCause.Credentials => ProblemCause.Credentials,
        ErrorCause.DestinationMissing => ProblemCause.DestinationMissing,
        ErrorCause.DestinationUnreachable => ProblemCause.DestinationUnreachable,
        ErrorCause.DestinationRefused => ProblemCause.DestinationRefused,
        ErrorCause.Throttled => ProblemCause.Throttled,
        ErrorCause.BadRecord => ProblemCause.BadRecord,
        ErrorCause.Configuration => ProblemCause.Configuration,
        ErrorCause.Kafka => ProblemCause.KafkaUnavailable,
        _ => ProblemCause.Internal,
    };
}
