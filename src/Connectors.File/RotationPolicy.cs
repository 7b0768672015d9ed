namespace Exports.Connectors.File;

/// <summary>When a file gives way to a new one.</summary>
/// <param name="MaxBytes">The size that no file exceeds, unless a single record does; at least 1.</param>
/// <param name="Keep">How many rotated files are kept; −1 for all.</param>
internal sealed record RotationPolicy(long MaxBytes, int Keep);
