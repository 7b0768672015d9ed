namespace Exports.Pipeline;

/// <summary>A plugin that could not be loaded, and was left out.</summary>
/// <param name="Location">The folder, file or class.</param>
/// <param name="Reason">Why.</param>
public sealed record PluginFailure(string Location, string Reason);
