using Exports.Connectors.Sdk;

namespace Exports.Silo.Configuration;

/// <summary>A key of the worker's configuration and what becomes of it.</summary>
/// <param name="Definition">Name, type, default, check and documentation.</param>
/// <param name="Use">What becomes of it.</param>
/// <param name="Allowed">What may be written, for the documentation; null where the type says it all.</param>
internal sealed record WorkerKey(ConfigKey Definition, KeyUse Use, string? Allowed = null)
{
    public string Name => Definition.Name;
}
