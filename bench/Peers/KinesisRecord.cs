namespace Exports.Peers;

/// <summary>A record as the vendor's client has read it.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="SequenceNumber">Where it stands in the shard; a decimal number of up to 128 digits.</param>
/// <param name="PartitionKey">Its partition key.</param>
/// <param name="Data">Its data.</param>
public sealed record KinesisRecord(string ShardId, string SequenceNumber, string PartitionKey, byte[] Data);
