using Exports.Connectors.Sdk;
using Exports.Kafka.Client;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Exports.Connectors.Kafka;

/// <summary>What went wrong, and what is to be done about it.</summary>
/// <param name="Action">What is to be done.</param>
/// <param name="Error">What the pipeline is told, when it is told.</param>
/// <param name="AtOnce">Whether requests that are under way are abandoned, rather than waited for.</param>
internal sealed record DeliveryFailure(FailureAction Action, Exception Error, bool AtOnce = false)
{
    /// <summary>Set when a record's partition does not exist on the target.</summary>
    public MissingPartition? Missing { get; init; }

    private const ErrorCode InvalidDifferentRecord = (ErrorCode)(-138);
    private const ErrorCode InvalidRecord = (ErrorCode)87;

    /// <summary>Whether a record is refused for what it is, so that it will never be accepted.</summary>
    public static bool IsOfTheRecord(ErrorCode code) => code
        is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.InvalidTimestamp or InvalidRecord;

    /// <summary>Judges a record's failure.</summary>
    /// <param name="code">The error.</param>
    /// <param name="text">What librdkafka says about it.</param>
    /// <param name="topic">The target's topic.</param>
    /// <param name="setSize">How many records were refused together.</param>
    public static DeliveryFailure Of(ErrorCode code, string text, string topic, int setSize)
    {
        switch (code)
        {
            case ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize when setSize > 1:
                return new(FailureAction.SendAgainInSmallerSets, Refused(code, text, topic));

            case InvalidDifferentRecord:
            case var _ when IsOfTheRecord(code) && setSize > 1:
                return new(FailureAction.SendAgainOneByOne, Refused(code, text, topic));

            case var _ when IsOfTheRecord(code):
            // The producer's standing with the broker is lost. A new one starts from the first undecided record.
            case ErrorCode.Local_Fatal or ErrorCode.Local_GaplessGuarantee or ErrorCode.Local_Inconsistent
                or ErrorCode.OutOfOrderSequenceNumber or ErrorCode.DuplicateSequenceNumber or ErrorCode.UnknownProducerId
                or ErrorCode.InvalidProducerEpoch or ErrorCode.Local_Fenced:
                return new(FailureAction.SendAgain, Refused(code, text, topic));

            case ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart:
                return new(FailureAction.GiveUp, new RetriableException(
                    $"The target cluster has no topic '{topic}'. Create it there, or choose another with "
                    + $"{KafkaSinkConfig.Topic} or {KafkaSinkConfig.TopicPrefix}.")
                { Cause = ErrorCause.DestinationMissing });

            case ErrorCode.TopicAuthorizationFailed:
                return new(FailureAction.GiveUp, new ConnectException(
                    $"The target cluster does not let this client write to the topic '{topic}' ({text}).")
                { Cause = ErrorCause.Credentials });

            case ErrorCode.ClusterAuthorizationFailed or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication:
                return OfClient(code, text);

            case ErrorCode.PolicyViolation or ErrorCode.TopicException or ErrorCode.UnsupportedVersion
                or ErrorCode.SecurityDisabled or ErrorCode.InvalidRequiredAcks or ErrorCode.UnsupportedForMessageFormat
                or ErrorCode.Local_InvalidArg
                or ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedCompressionType:
                return new(FailureAction.GiveUp, new ConnectException(
                    $"The target cluster refuses records for the topic '{topic}': {text}")
                { Cause = ErrorCause.DestinationRefused });

            default:
                return new(FailureAction.GiveUp, new RetriableException(
                    $"Records for the target's topic '{topic}' were not delivered: {text}")
                { Cause = ErrorCause.DestinationUnreachable });
        }
    }

    /// <summary>Judges an error of the client as a whole: a failed login, or one that ends a producer's work.</summary>
    public static DeliveryFailure OfClient(ErrorCode code, string text) => code switch
    {
        ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication => new(
            FailureAction.GiveUp, new ConnectException($"The target cluster refuses the login: {text}") { Cause = ErrorCause.Credentials }, AtOnce: true),
        ErrorCode.ClusterAuthorizationFailed => new(FailureAction.GiveUp, new ConnectException(
            "The target cluster does not let this client write idempotently. Grant it the operation IdempotentWrite, or set "
            + $"target.enable.idempotence=false ({text}).")
        { Cause = ErrorCause.Credentials }),
        ErrorCode.TopicAuthorizationFailed => new(FailureAction.GiveUp, new ConnectException(
            $"The target cluster does not let this client write to a topic ({text}).")
        { Cause = ErrorCause.Credentials }),
        _ => new(FailureAction.SendAgain, new RetriableException($"The producer cannot go on: {text}")),
    };

    /// <summary>Records wait, and the client says that it cannot hand them over; it goes on trying.</summary>
    public static RetriableException Unreachable(string text)
        => new($"The target cluster's client reports: {text}") { Cause = ErrorCause.DestinationUnreachable };

    /// <summary>A batch was not accepted in time.</summary>
    public static DeliveryFailure TimedOut(TimeSpan limit, int undecided, int count, string? lastError)
        => new(
            FailureAction.GiveUp,
            new RetriableException(
                $"The target cluster did not accept {undecided} of {count} records within target.delivery.timeout.ms="
                + $"{(long)limit.TotalMilliseconds}.{(lastError is null ? "" : $" The client's last error: {lastError}")}")
            { Cause = ErrorCause.DestinationUnreachable },
            AtOnce: true);

    /// <summary>A record's partition does not exist on the target.</summary>
    public static DeliveryFailure NoSuchPartition(string topic, in SinkRecord record)
    {
        var missing = new MissingPartition(topic, record.Topic, record.Partition);
        return new(FailureAction.GiveUp, missing.ToException(null)) { Missing = missing };
    }

    /// <summary>Why a record by itself is refused for good.</summary>
    public static ConnectException Rejection(ErrorCode code, string text, string topic, in SinkRecord record, long bytes)
    {
        var name = $"{record.Topic}-{record.Partition}@{record.Offset}";
        return new(code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize
            ? $"The record {name} is too large for the target's topic '{topic}': key and value have {bytes} bytes. "
                + $"target.max.request.size and the topic's max.message.bytes limit it ({text})."
            : $"The target cluster refuses the record {name} for its topic '{topic}': {text}")
        { Cause = ErrorCause.BadRecord };
    }

    /// <summary>The weightier of two failures.</summary>
    public static DeliveryFailure Worse(DeliveryFailure? first, DeliveryFailure second)
    {
        if (first is null || second.Action > first.Action)
            return second;
        return second.AtOnce ? first with { AtOnce = true } : first;
    }

    private static RetriableException Refused(ErrorCode code, string text, string topic)
        => new($"The target cluster refused records for its topic '{topic}': {text} ({NativeProducer.Describe(code)})");
}
