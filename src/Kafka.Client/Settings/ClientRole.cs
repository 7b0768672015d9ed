namespace Exports.Kafka.Client;

/// <summary>What a Kafka client does; decides which settings concern it.</summary>
public enum ClientRole
{
    /// <summary>Reads records.</summary>
    Consumer,

    /// <summary>Writes records.</summary>
    Producer,

    /// <summary>Asks about topics and offsets, and changes them.</summary>
    Admin,
}
