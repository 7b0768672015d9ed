namespace Exports.Pipeline;

/// <summary>What a plugin does.</summary>
public enum PluginType
{
    /// <summary>A <see cref="Connectors.Sdk.SinkConnector"/>.</summary>
    Sink,

    /// <summary>A <see cref="Connectors.Sdk.Transform"/>.</summary>
    Transformation,

    /// <summary>A <see cref="Connectors.Sdk.Predicate"/>.</summary>
    Predicate,

    /// <summary>A <see cref="Connectors.Sdk.Converter"/> that serves keys and values.</summary>
    Converter,

    /// <summary>A <see cref="Connectors.Sdk.Converter"/> that serves headers.</summary>
    HeaderConverter,
}
