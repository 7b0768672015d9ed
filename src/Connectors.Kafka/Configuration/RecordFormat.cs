namespace Exports.Connectors.Kafka;

/// <summary>What becomes of keys or values that are neither bytes nor text. Bytes and text are written as they are.</summary>
internal enum RecordFormat
{
    /// <summary>They are refused.</summary>
    Bytes,

    /// <summary>They are written as JSON, without a schema.</summary>
    Json,
}
