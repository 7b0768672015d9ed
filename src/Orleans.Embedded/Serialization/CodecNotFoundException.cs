namespace Orleans.Serialization;

/// <summary>A value of a type that cannot be passed to or returned from a grain.</summary>
public sealed class CodecNotFoundException(string message) : Exception(message);
