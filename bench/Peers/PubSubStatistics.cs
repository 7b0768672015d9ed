namespace Exports.Peers;

/// <summary>What the front of a <see cref="PubSubPeer"/> has counted since its start or the last reset.</summary>
/// <param name="Requests">Requests by method, as in <c>Publish</c>, those that were refused included.</param>
/// <param name="AcceptedMessages">Messages that the emulator has taken.</param>
/// <param name="AcceptedBytes">Bytes of the requests that had them, without compression.</param>
/// <param name="CompressedRequests">Requests that came compressed.</param>
/// <param name="Faults">Faults by name, as in <c>resetAfter</c> or <c>statusBefore.UNAVAILABLE</c>; <c>stalled</c> for held requests.</param>
/// <param name="Refused">Requests that were refused for what they were, by status: UNAUTHENTICATED, INVALID_ARGUMENT, INTERNAL.</param>
/// <param name="TokensIssued">Access tokens that were issued.</param>
/// <param name="TokensRefused">Requests for a token that were refused.</param>
/// <param name="InFlight">Requests in flight now.</param>
/// <param name="MostInFlight">The most requests in flight at once.</param>
/// <param name="Connections">Connections that were opened.</param>
/// <param name="OpenConnections">Connections that are open now.</param>
public sealed record PubSubStatistics(
    IReadOnlyDictionary<string, long> Requests,
    long AcceptedMessages,
    long AcceptedBytes,
    long CompressedRequests,
    IReadOnlyDictionary<string, long> Faults,
    IReadOnlyDictionary<string, long> Refused,
    long TokensIssued,
    long TokensRefused,
    int InFlight,
    int MostInFlight,
    long Connections,
    int OpenConnections)
{
    /// <summary>How often a fault has happened.</summary>
    public long Fault(string name) => Faults.GetValueOrDefault(name);

    /// <summary>How many requests there were of a method.</summary>
    public long Request(string method) => Requests.GetValueOrDefault(method);
}
