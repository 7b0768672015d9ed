using System.Collections.Concurrent;
using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Api.Plugins;

/// <summary>What a connector's class tells of it.</summary>
internal sealed class PluginInstances(PluginCatalog catalog)
{
    private readonly ConcurrentDictionary<SinkConnector, string> _taskClasses = new(ReferenceEqualityComparer.Instance);

    /// <summary>The connector's kind, or null when this worker does not have the plugin in such a version (any more).</summary>
    public SinkConnector? Find(string connectorClass, string? version = null)
    {
        try
        {
            return catalog.FindConnector(connectorClass, version);
        }
        catch (PluginNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The class of the connector's tasks.</summary>
    public string TaskClass(SinkConnector connector)
        => _taskClasses.GetOrAdd(connector, static kind => kind.CreateTask().GetType().FullName!);
}
