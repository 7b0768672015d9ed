using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>A key of a connector's configuration with what its check gave.</summary>
/// <param name="Definition">The key's definition; null for a key that nobody defines and that is wrong nevertheless.</param>
/// <param name="Value">Value, errors and recommendations.</param>
public sealed record CheckedKey(ConfigKey? Definition, ConfigValue Value);
