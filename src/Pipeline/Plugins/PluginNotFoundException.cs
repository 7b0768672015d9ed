using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>No plugin, or more than one, has the name that was given.</summary>
public sealed class PluginNotFoundException : ConnectException
{
    /// <summary>Makes an exception.</summary>
    public PluginNotFoundException(string message)
        : base(message)
    {
    }
}
