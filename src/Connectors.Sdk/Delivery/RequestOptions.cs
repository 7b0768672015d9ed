namespace Exports.Connectors.Sdk;

/// <summary>How a <see cref="RequestSinkTask"/> cuts requests and keeps them in order.</summary>
public sealed record RequestOptions
{
    /// <summary>The most records in one request; at least 1.</summary>
    public required int MaxRecords { get; init; }

    /// <summary>The most bytes in one request, as <see cref="RequestItem.Bytes"/> counts them; at least 1. A heavier record is sent alone.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>The most requests under way at once; at least 1. Fewer while the destination asks to slow down.</summary>
    public int MaxInFlight { get; init; } = 8;

    /// <summary>How long a record may wait for others before a request that is not full is sent; zero to never wait.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>What the order of records with the same key asks for.</summary>
    public RequestOrder Order { get; init; } = RequestOrder.WholeRequests;

    /// <summary>
    /// How long after it was handed over a record may still be sent; afterwards it goes the way of <c>errors.tolerance</c>.
    /// Null for as long as it takes.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>
    /// How long a record is tried where the connector's configuration has no <c>errors.retry.timeout</c>; null for what the
    /// pipeline does then. When the time is over, the task fails, and nothing is lost.
    /// </summary>
    public TimeSpan? RetryTimeout { get; init; }
}

/// <summary>How records with the same key are kept in order.</summary>
public enum RequestOrder
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>
    /// The destination may accept some records of a request and refuse others, in no order: a key has one record under
    /// way at a time. Its next one is sent when that is in.
    /// </summary>
    SingleRecords,

    /// <summary>
    /// The destination accepts a request as a whole and in order: a key has one request under way at a time, with
    /// as many of its records as fit, next to those of other keys.
    /// </summary>
    WholeRequests,

    /// <summary>As <see cref="WholeRequests"/>, and a request holds records of one key only. Records without a key go together.</summary>
    OneKeyARequest,
}

/// <summary>What the delivery needs to know of a record.</summary>
/// <param name="Bytes">Its weight in a request, in bytes.</param>
/// <param name="Key">
/// A hash of what it is ordered by, or null when its order does not matter. Records whose hashes are equal by chance are kept in
/// order as well, which does no harm; under <see cref="RequestOrder.OneKeyARequest"/> they may meet in one request, which the
/// sink has to have split by throwing a <see cref="DataException"/>.
/// </param>
public readonly record struct RequestItem(long Bytes, long? Key);
