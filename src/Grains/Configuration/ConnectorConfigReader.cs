using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Grains;

/// <summary>Reads the keys that every sink connector has from a stored configuration.</summary>
internal sealed class ConnectorConfigReader(ConfigResolver resolver)
{
    /// <summary>Resolves the placeholders and reads the keys.</summary>
    /// <exception cref="ConfigException">A placeholder cannot be resolved, or a value is not allowed. The message has no resolved values.</exception>
    public ConnectorConfig Read(Dictionary<string, string> config)
    {
        var resolved = resolver.Resolve(config);
        try
        {
            return new(resolved);
        }
        catch (ConfigException exception)
        {
            throw new ConfigException(resolved.Redact(exception.Message));
        }
    }
}
