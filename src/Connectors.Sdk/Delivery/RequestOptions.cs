namespace Exports.Connectors.Sdk;

/// <summary>How a <see cref="RequestSinkTask"/> cuts requests and keeps their records in order.</summary>
public sealed record RequestOptions
{
    /// <summary>The most records in one request; at least 1.</summary>
    public required int MaxRecords { get; init; }

    /// <summary>
    /// The most bytes in one request, as <see cref="RequestItem.Bytes"/> counts them; at least 1. A heavier record is sent alone.
    /// </summary>
    public required long MaxBytes { get; init; }

    /// <summary>The most requests under way at once; at least 1. Fewer while the destination asks to slow down or fails.</summary>
    public int MaxInFlight { get; init; } = 8;

    /// <summary>The most records in the requests under way; a request is sent in any case when there is no other. Null for no limit.</summary>
    public long? MaxRecordsUnderWay { get; init; }

    /// <summary>The most bytes in the requests under way, likewise.</summary>
    public long? MaxBytesUnderWay { get; init; }

    /// <summary>How long a record may wait for others before a request that is not full is sent; zero to never wait.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>What the order of records with the same key asks for.</summary>
    public RequestOrder Order { get; init; } = RequestOrder.WholeRequests;

    /// <summary>
    /// How long after it was handed over a record may still be sent; later it goes the way of <c>errors.tolerance</c>.
    /// Null for as long as it takes.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The configuration key that <see cref="TimeToLive"/> comes from, for messages.</summary>
    public string TimeToLiveKey { get; init; } = "the time to live";

    /// <summary>
    /// How long a record is tried where the connector's configuration has no <c>errors.retry.timeout</c>; null for five
    /// minutes. When the time is over, the task fails, and nothing is lost.
    /// </summary>
    public TimeSpan? RetryTimeout { get; init; }

    /// <summary>The configuration key that <see cref="RetryTimeout"/> comes from, for messages.</summary>
    public string RetryTimeoutKey { get; init; } = "errors.retry.timeout";
}
