namespace Exports.Pipeline;

/// <summary>A configuration key that has no effect: nobody reads it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Nearest">A known key that may have been meant, or null.</param>
public sealed record UnknownKey(string Key, string? Nearest);
