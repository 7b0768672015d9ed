using Exports.Connectors.Sdk;
using NuGet.Versioning;

namespace Exports.Pipeline;

/// <summary>A plugin class that was found, with one instance of it.</summary>
internal sealed class PluginDescriptor
{
    private readonly string[] _names;

    private PluginDescriptor(PluginType type, object instance, string version, string? location, IReadOnlyList<string> aliases)
    {
        var plugin = instance.GetType();
        // A nested class is named with those around it: InsertField+Value.
        var name = plugin.Namespace is { } ns ? plugin.FullName![(ns.Length + 1)..] : plugin.FullName!;
        Type = type;
        Instance = instance;
        Info = new(type, plugin.FullName!, version, location, aliases);
        Version = NuGetVersion.TryParse(version, out var parsed) ? parsed : null;
        _names = [name, .. Suffixes(type).Where(suffix => IsShortened(name, suffix)).Select(suffix => name[..^suffix.Length]),
            .. aliases];
    }

    public PluginType Type { get; }

    /// <summary>
    /// The connector that serves all callers; for other types, an instance that only answers what its class is.
    /// </summary>
    public object Instance { get; }

    public PluginInfo Info { get; }

    /// <summary>For comparison; null where the version is not made of numbers.</summary>
    public NuGetVersion? Version { get; }

    /// <summary>Its short names and aliases, the simple class name first.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>What a class is a plugin for: none, one, or for converters two types.</summary>
    /// <exception cref="Exception">Whatever the plugin's constructor or its properties throw.</exception>
    public static IEnumerable<PluginDescriptor> Describe(Type plugin, string? location)
    {
        var instance = Activator.CreateInstance(plugin)!;
        var assemblyVersion = plugin.Assembly.GetName().Version?.ToString(3) ?? "undefined";
        switch (instance)
        {
            case SinkConnector connector:
                yield return new(PluginType.Sink, instance, connector.Version, location, connector.Aliases);
                break;
            case Transform transform:
                yield return new(PluginType.Transformation, instance, assemblyVersion, location, transform.Aliases);
                break;
            case Predicate predicate:
                yield return new(PluginType.Predicate, instance, assemblyVersion, location, predicate.Aliases);
                break;
            case Converter converter:
                if (converter.Supports(ConverterRole.Key) || converter.Supports(ConverterRole.Value))
                    yield return new(PluginType.Converter, instance, assemblyVersion, location, converter.Aliases);
                if (converter.Supports(ConverterRole.Header))
                    yield return new(PluginType.HeaderConverter, instance, assemblyVersion, location, converter.Aliases);
                break;
        }
    }

    /// <summary>Whether it is a class that this catalog is about, and can be made.</summary>
    public static bool IsPlugin(Type type)
        => type is { IsAbstract: false, IsVisible: true, IsGenericTypeDefinition: false }
            && (type.IsAssignableTo(typeof(SinkConnector))
                || type.IsAssignableTo(typeof(Converter))
                || type.IsAssignableTo(typeof(Transform))
                || type.IsAssignableTo(typeof(Predicate)));

    /// <summary>
    /// Whether that is the full class name; Java's <c>$</c> before a nested class is as good as .NET's <c>+</c>.
    /// </summary>
    public bool IsClass(string name) => Info.ClassName == name || Info.ClassName == name.Replace('$', '+');

    /// <summary>Whether that is a short name or an alias.</summary>
    public bool HasName(string name)
        => _names.Contains(name, StringComparer.Ordinal) || _names.Contains(name.Replace('$', '+'), StringComparer.Ordinal);

    /// <summary>
    /// The names of this plugin that begin with that name and go on as a nested class: for <c>InsertField</c>,
    /// <c>InsertField$Value</c>.
    /// </summary>
    public IEnumerable<string> VariantsOf(string name)
        => _names.Append(Info.ClassName).Select(known => known.Replace('+', '$'))
            .Where(known => known.StartsWith(name + "$", StringComparison.Ordinal));

    /// <summary>The keys of its configuration; of a connector, with those that every sink connector has behind them.</summary>
    public IReadOnlyList<ConfigKey> Keys => Instance switch
    {
        SinkConnector connector => [.. connector.Config, .. ConnectorConfig.Definition],
        Transform transform => [.. transform.Config],
        Predicate predicate => [.. predicate.Config],
        _ => [.. ((Converter)Instance).Config],
    };

    /// <summary>Makes a new instance.</summary>
    public object Create() => Activator.CreateInstance(Instance.GetType())!;

    private static bool IsShortened(string name, string suffix)
        => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal);

    private static string[] Suffixes(PluginType type) => type switch
    {
        PluginType.Sink => ["Connector"],
        PluginType.Transformation => ["Transformation", "Transform"],
        PluginType.Predicate => ["Predicate"],
        PluginType.Converter => ["Converter"],
        _ => ["HeaderConverter", "Converter"],
    };
}
