using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>A record as it was read, and what became of it.</summary>
/// <param name="Raw">The record with the bytes from Kafka.</param>
/// <param name="Converted">The record as a sink would get it; null when it was dropped or failed.</param>
/// <param name="Error">Why it could not be converted; null when it could.</param>
public sealed record PreviewedRecord(SinkRecord Raw, SinkRecord? Converted, ConversionException? Error);
