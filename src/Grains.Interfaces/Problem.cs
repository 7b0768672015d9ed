namespace Exports.Grains;

/// <summary>Why a connector or task is in trouble.</summary>
[GenerateSerializer]
[Alias("exports.problem-cause")]
public enum ProblemCause
{
    /// <summary>None of the others: a defect of this worker or of a plugin.</summary>
    Internal,

    /// <summary>The destination does not accept the credentials, or they lack a permission.</summary>
    Credentials,

    /// <summary>The stream, topic, file or path is not there.</summary>
    DestinationMissing,

    /// <summary>The destination does not answer, or says that it is not available.</summary>
    DestinationUnreachable,

    /// <summary>The destination acknowledges nothing of what waits for it, and has not said why.</summary>
    DestinationStalled,

    /// <summary>The destination asks to slow down, for so long that nothing is delivered.</summary>
    Throttled,

    /// <summary>The destination refuses requests, whatever the record.</summary>
    DestinationRefused,

    /// <summary>A record cannot be converted, transformed or accepted.</summary>
    BadRecord,

    /// <summary>The configuration cannot work.</summary>
    Configuration,

    /// <summary>Kafka does not answer, or does not let a partition be read.</summary>
    KafkaUnavailable,

    /// <summary>A topic does not exist.</summary>
    TopicMissing,

    /// <summary>Offsets or states cannot be stored.</summary>
    OffsetsNotStored,
}

/// <summary>A trouble of a connector or task.</summary>
/// <param name="Cause">Its class.</param>
/// <param name="Message">What happened, in words without secrets; one line or a few.</param>
/// <param name="Since">Since when.</param>
[GenerateSerializer]
[Alias("exports.problem")]
public sealed record Problem(
    [property: Id(0)] ProblemCause Cause, [property: Id(1)] string Message, [property: Id(2)] DateTimeOffset Since)
{
    /// <summary>Whether whoever operates the connector can mend it; else it is a matter of those who run the service.</summary>
    public bool IsUserActionable => Cause is not (
        ProblemCause.Internal or ProblemCause.KafkaUnavailable or ProblemCause.OffsetsNotStored);

    /// <summary>What to do about it, in one or two sentences.</summary>
    public string Advice => Cause switch
    {
        ProblemCause.Credentials =>
            "Check the credentials, role and permissions that the connector's configuration names. Once they are right, the task goes on by itself at its next restart.",
        ProblemCause.DestinationMissing =>
            "Create the stream or topic, or correct its name and region in the connector's configuration. Nothing is lost while Kafka retains the records.",
        ProblemCause.DestinationUnreachable =>
            "Check address, network, firewall and the destination's own state. Delivery goes on by itself when the destination answers.",
        ProblemCause.DestinationStalled =>
            "Check the destination: it takes requests and does not answer them, or not in time. Other connectors are not affected.",
        ProblemCause.Throttled =>
            "Raise the destination's capacity (shards, quota), or spread the records over more keys. Nothing is lost; the lag grows meanwhile.",
        ProblemCause.DestinationRefused =>
            "Read the destination's words in the message, and correct the destination or the connector's configuration.",
        ProblemCause.BadRecord =>
            "Look at the record that the message names. Correct converter or transforms, or set errors.tolerance=all with a dead letter queue to go on without such records, or change the offset to skip it.",
        ProblemCause.Configuration =>
            "Correct the key that the message names; a validation with preflight=true shows all errors at once.",
        ProblemCause.KafkaUnavailable =>
            "Check the Kafka brokers and the worker's bootstrap.servers, credentials and network. Reading goes on by itself.",
        ProblemCause.TopicMissing =>
            "Create the topic, or correct topics or topics.regex. Reading begins by itself once the topic exists.",
        ProblemCause.OffsetsNotStored =>
            "Check the worker's storage (data.dir: is the disk full or read-only?). Delivery goes on; after a crash, records since the last stored offset would come again.",
        _ => "This is not expected. Look for the connector's name in the worker's log, and report it with the log.",
    };
}
