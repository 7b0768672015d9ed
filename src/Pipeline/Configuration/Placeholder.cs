namespace Exports.Pipeline;

/// <summary>What stands for a value of a config provider: <c>${provider:[path:]key}</c>.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Path">The path; empty when there is none.</param>
/// <param name="Key">The key.</param>
internal readonly record struct Placeholder(string Provider, string Path, string Key);
