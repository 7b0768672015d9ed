namespace Exports.Pipeline;

/// <summary>A source of values for placeholders.</summary>
internal interface IConfigProvider
{
    /// <summary>Opens a path for look-ups, which give null for a key that is not there.</summary>
    /// <param name="path">The placeholder's path; empty when it has none.</param>
    /// <exception cref="Connectors.Sdk.ConfigException">The path cannot be read.</exception>
    Func<string, string?> Open(string path);
}
