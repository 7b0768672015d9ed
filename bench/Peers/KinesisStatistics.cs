namespace Exports.Peers;

/// <summary>What the front of a <see cref="KinesisPeer"/> has counted since its start or the last reset.</summary>
/// <param name="Requests">Requests by operation, those that were refused included; STS by <c>AssumeRole</c>.</param>
/// <param name="AcceptedRecords">Records that the emulator has stored.</param>
/// <param name="AcceptedBytes">Bytes of the requests that had them; data and keys alone where the front looked into the request.</param>
/// <param name="Faults">Faults by name, as in <c>recordThrottled</c>; <c>shardThrottled</c> for the rates of shards, <c>stalled</c> for held requests.</param>
/// <param name="Refused">Requests that were refused for their credentials, by the type of the error.</param>
/// <param name="SessionsIssued">Sessions that AssumeRole has issued.</param>
/// <param name="InFlight">Requests in flight now.</param>
/// <param name="MostInFlight">The most requests in flight at once.</param>
/// <param name="Connections">Connections that were opened.</param>
/// <param name="OpenConnections">Connections that are open now.</param>
public sealed record KinesisStatistics(
    IReadOnlyDictionary<string, long> Requests,
    long AcceptedRecords,
    long AcceptedBytes,
    IReadOnlyDictionary<string, long> Faults,
    IReadOnlyDictionary<string, long> Refused,
    long SessionsIssued,
    int InFlight,
    int MostInFlight,
    long Connections,
    int OpenConnections)
{
    /// <summary>How often a fault has happened.</summary>
    public long Fault(string name) => Faults.GetValueOrDefault(name);

    /// <summary>How many requests there were of an operation.</summary>
    public long Request(string operation) => Requests.GetValueOrDefault(operation);
}
