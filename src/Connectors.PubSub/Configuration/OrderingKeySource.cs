namespace Exports.Connectors.PubSub;

/// <summary>What a message's ordering key is made of.</summary>
internal enum OrderingKeySource
{
    /// <summary>Messages have none; Pub/Sub delivers them in any order.</summary>
    None,

    /// <summary>The record's key.</summary>
    Key,

    /// <summary>The number of the record's Kafka partition.</summary>
    Partition,
}
