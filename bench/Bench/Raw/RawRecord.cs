namespace Exports.Bench.Raw;

/// <summary>A record that a raw loop sends.</summary>
internal readonly record struct RawRecord(byte[] Key, byte[] Value);
