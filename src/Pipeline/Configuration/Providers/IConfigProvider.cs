namespace Exports.Pipeline;

/// <summary>A source of values for placeholders.</summary>
internal interface IConfigProvider
{
    /// <summary>Opens a path for look-ups of keys.</summary>
    /// <param name="path">The placeholder's path; empty when it has none.</param>
    /// <exception cref="Connectors.Sdk.ConfigException">The path cannot be read.</exception>
    Func<string, ProvidedValue> Open(string path);
}
