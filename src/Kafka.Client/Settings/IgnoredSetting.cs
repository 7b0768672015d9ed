namespace Exports.Kafka.Client;

/// <summary>A setting that is known and has no effect here.</summary>
/// <param name="Key">The key, as it was given.</param>
/// <param name="Reason">Why it has no effect, in a few words: <c>keys and values are bytes here</c>.</param>
public readonly record struct IgnoredSetting(string Key, string Reason);
