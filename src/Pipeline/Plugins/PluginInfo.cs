namespace Exports.Pipeline;

/// <summary>A plugin that this worker has.</summary>
/// <param name="Type">What it does.</param>
/// <param name="ClassName">Its full .NET class name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Location">The folder or file it was loaded from; null for what is built in.</param>
/// <param name="Aliases">The other names that it may be given by.</param>
public sealed record PluginInfo(
    PluginType Type,
    string ClassName,
    string Version,
    string? Location,
    IReadOnlyList<string> Aliases)
{
    /// <summary>
    /// The type as the REST API writes it: <c>sink</c>, <c>transformation</c>, <c>predicate</c>, <c>converter</c>,
    /// <c>header_converter</c>.
    /// </summary>
    public string TypeName => Type switch
    {
        PluginType.Sink => "sink",
        PluginType.Transformation => "transformation",
        PluginType.Predicate => "predicate",
        PluginType.Converter => "converter",
        _ => "header_converter",
    };
}
