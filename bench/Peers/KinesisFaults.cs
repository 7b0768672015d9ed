namespace Exports.Peers;

/// <summary>
/// What the front of a <see cref="KinesisPeer"/> does to requests. Probabilities are 0 (never) to 1 (always); by default nothing
/// happens. <c>Before</c> strikes before the emulator has seen the request, <c>After</c> when it has done what was asked. Faults
/// are drawn in the order in which requests arrive, so a run can be repeated as far as that order can.
/// </summary>
public sealed record KinesisFaults
{
    /// <summary>The operations that are struck.</summary>
    public IReadOnlyList<string> Operations { get; init; } = ["PutRecords", "PutRecord"];

    /// <summary>The seed of what is drawn at random.</summary>
    public uint Seed { get; init; } = 1;

    /// <summary>How many faults happen at most from now on; null: no limit. Rates of shards, delays and stalls do not count.</summary>
    public int? AtMost { get; init; }

    /// <summary>The connection is reset.</summary>
    public double ResetBefore { get; init; }

    /// <summary>The connection is reset, although the records are stored.</summary>
    public double ResetAfter { get; init; }

    /// <summary>The connection is reset when half of the answer has been sent.</summary>
    public double ResetMidAnswer { get; init; }

    /// <summary>No answer, and the connection stays open.</summary>
    public double NoAnswerBefore { get; init; }

    /// <summary>No answer, although the records are stored, and the connection stays open.</summary>
    public double NoAnswerAfter { get; init; }

    /// <summary>400 ProvisionedThroughputExceededException for the whole request.</summary>
    public double RequestThrottled { get; init; }

    /// <summary>400 LimitExceededException for the whole request.</summary>
    public double LimitExceeded { get; init; }

    /// <summary>500 InternalFailure.</summary>
    public double ServerErrorBefore { get; init; }

    /// <summary>500 InternalFailure, although the records are stored.</summary>
    public double ServerErrorAfter { get; init; }

    /// <summary>503 ServiceUnavailable.</summary>
    public double Unavailable { get; init; }

    /// <summary>400 AccessDeniedException.</summary>
    public double AccessDenied { get; init; }

    /// <summary>For each record of PutRecords: ProvisionedThroughputExceededException in an answer of 200.</summary>
    public double RecordThrottled { get; init; }

    /// <summary>For each record of PutRecords: InternalFailure in an answer of 200.</summary>
    public double RecordInternalFailure { get; init; }

    /// <summary>
    /// How many records a shard takes a second; those beyond are refused with ProvisionedThroughputExceededException in an answer of
    /// 200. The service has 1,000. 0: as many as come.
    /// </summary>
    public int ShardRecordsPerSecond { get; init; }

    /// <summary>How many bytes of data and keys a shard takes a second; as above. The service has 1 MiB (1,048,576). 0: as many as come.</summary>
    public int ShardBytesPerSecond { get; init; }

    /// <summary>The shortest delay before a request is dealt with, in milliseconds.</summary>
    public int DelayMinMilliseconds { get; init; }

    /// <summary>The longest delay, in milliseconds; 0: none.</summary>
    public int DelayMaxMilliseconds { get; init; }

    /// <summary>Requests are held, until faults are set again without this.</summary>
    public bool Stall { get; init; }
}
