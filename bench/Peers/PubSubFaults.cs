namespace Exports.Peers;

/// <summary>
/// What the front of a <see cref="PubSubPeer"/> does to requests. Probabilities are 0 (never) to 1 (always); by default nothing
/// happens. <c>Before</c> strikes before the emulator has seen the request, <c>After</c> when it has done what was asked. Faults
/// are drawn in the order in which requests arrive, so a run can be repeated as far as that order can.
/// </summary>
public sealed record PubSubFaults
{
    /// <summary>The methods that are struck.</summary>
    public IReadOnlyList<string> Operations { get; init; } = ["Publish"];

    /// <summary>The seed of what is drawn at random.</summary>
    public uint Seed { get; init; } = 1;

    /// <summary>How many faults happen at most from now on; null: no limit. Delays and stalls do not count.</summary>
    public int? AtMost { get; init; }

    /// <summary>The probability of each status, by its name as in <c>UNAVAILABLE</c>.</summary>
    public IReadOnlyDictionary<string, double> StatusBefore { get; init; } = new Dictionary<string, double>();

    /// <summary>The probability of each status, although the messages are published.</summary>
    public IReadOnlyDictionary<string, double> StatusAfter { get; init; } = new Dictionary<string, double>();

    /// <summary>The connection is reset, and all requests on it with it.</summary>
    public double ResetBefore { get; init; }

    /// <summary>The connection is reset, although the messages are published.</summary>
    public double ResetAfter { get; init; }

    /// <summary>RST_STREAM with INTERNAL_ERROR.</summary>
    public double StreamResetBefore { get; init; }

    /// <summary>RST_STREAM with INTERNAL_ERROR, although the messages are published.</summary>
    public double StreamResetAfter { get; init; }

    /// <summary>No answer, and the stream stays open.</summary>
    public double NoAnswerBefore { get; init; }

    /// <summary>No answer, although the messages are published, and the stream stays open.</summary>
    public double NoAnswerAfter { get; init; }

    /// <summary>GOAWAY: the connection takes no more requests; those that it has are answered.</summary>
    public double GoAway { get; init; }

    /// <summary>HTTP 503 with a page of HTML, as from a proxy.</summary>
    public double HttpUnavailable { get; init; }

    /// <summary>503 from the token endpoint and the metadata server.</summary>
    public double TokenUnavailable { get; init; }

    /// <summary>400 invalid_grant from the token endpoint.</summary>
    public double TokenRefused { get; init; }

    /// <summary>The shortest delay before a request is dealt with, in milliseconds.</summary>
    public int DelayMinMilliseconds { get; init; }

    /// <summary>The longest delay, in milliseconds; 0: none.</summary>
    public int DelayMaxMilliseconds { get; init; }

    /// <summary>Requests are held, until faults are set again without this.</summary>
    public bool Stall { get; init; }
}
