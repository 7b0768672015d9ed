namespace Exports.Connectors.Kinesis;

/// <summary>What DescribeStreamSummary tells of a stream.</summary>
/// <param name="Status">CREATING, ACTIVE, UPDATING or DELETING. Records are taken while it is ACTIVE or UPDATING.</param>
/// <param name="OpenShards">The number of shards that take records.</param>
internal sealed record StreamSummary(string Status, int OpenShards);
