using System.Reflection;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NuGet.Versioning;

namespace Exports.Pipeline;

/// <summary>
/// The plugins of this worker: those of the built-in assemblies (the pipeline's own converters always among them) and of
/// the folders of <c>plugin.path</c>. Read once, at construction. Thread-safe.
/// </summary>
/// <remarks>
/// A plugin may be named by its full .NET class name, its simple name, that without "Connector", "Converter",
/// "Transformation" or "Predicate" at its end, or one of its aliases. Where the same class is there in several versions, the
/// highest serves unless another is asked for.
/// </remarks>
public sealed partial class PluginCatalog
{
    private readonly ILookup<PluginType, PluginDescriptor> _byType;

    /// <summary>
    /// Scans assemblies and folders. A plugin that cannot be loaded is logged, listed in <see cref="Failures"/> and left
    /// out.
    /// </summary>
    /// <param name="builtIn">Assemblies that hold plugins.</param>
    /// <param name="pluginPath">
    /// The value of <c>plugin.path</c>: folders separated by commas, each with one folder a plugin, or with dlls directly.
    /// Null or empty for none.
    /// </param>
    /// <param name="logger">Where to report what was found and what could not be loaded.</param>
    public PluginCatalog(IEnumerable<Assembly> builtIn, string? pluginPath = null, ILogger<PluginCatalog>? logger = null)
    {
        logger ??= NullLogger<PluginCatalog>.Instance;
        var scanner = new PluginScanner(logger);
        foreach (var assembly in builtIn.Prepend(typeof(PluginCatalog).Assembly).Distinct())
            scanner.ScanAssembly(assembly, location: null);
        if (!string.IsNullOrWhiteSpace(pluginPath))
            scanner.ScanPath(pluginPath);

        _byType = scanner.Found.ToLookup(plugin => plugin.Type);
        Plugins = [.. scanner.Found
            .Select(plugin => plugin.Info)
            .OrderBy(plugin => plugin.Type)
            .ThenBy(plugin => plugin.ClassName, StringComparer.Ordinal)
            .ThenBy(plugin => NuGetVersion.TryParse(plugin.Version, out var version) ? version : null)];
        Failures = scanner.Failures;
        foreach (var plugin in Plugins)
            Log.Found(logger, plugin.TypeName, plugin.ClassName, plugin.Version, plugin.Location ?? "built in");
    }

    /// <summary>
    /// All plugins: sinks, transformations, predicates, converters, header converters; by class name and version within each.
    /// </summary>
    public IReadOnlyList<PluginInfo> Plugins { get; }

    /// <summary>What could not be loaded.</summary>
    public IReadOnlyList<PluginFailure> Failures { get; }

    /// <summary>
    /// The connector of that class name, simple name, simple name without "Connector", or alias. One instance serves all
    /// callers.
    /// </summary>
    /// <param name="name">Any of its names.</param>
    /// <param name="version">
    /// Which versions will do, in Maven's notation, as in <c>1.2</c> or <c>[1.2,2)</c>; null, empty or <c>latest</c> for the highest.
    /// </param>
    /// <exception cref="PluginNotFoundException">None or several have the name, or none is of such a version.</exception>
    public SinkConnector FindConnector(string name, string? version = null)
        => (SinkConnector)Find(PluginType.Sink, name, version).Instance;

    /// <summary>Makes a converter, not yet configured.</summary>
    /// <param name="name">Any of its names.</param>
    /// <param name="role">What it is for; converters that cannot serve it are not found.</param>
    /// <param name="version">Which versions will do, as in <see cref="FindConnector"/>.</param>
    /// <exception cref="PluginNotFoundException">None or several have the name, or none is of such a version.</exception>
    public Converter CreateConverter(string name, ConverterRole role = ConverterRole.Value, string? version = null)
        => (Converter)Find(TypeOf(role), name, version).Create();

    /// <summary>Makes a transform, not yet configured.</summary>
    /// <inheritdoc cref="FindConnector" path="/*[not(self::summary)]"/>
    public Transform CreateTransform(string name, string? version = null)
        => (Transform)Find(PluginType.Transformation, name, version).Create();

    /// <summary>Makes a predicate, not yet configured.</summary>
    /// <inheritdoc cref="FindConnector" path="/*[not(self::summary)]"/>
    public Predicate CreatePredicate(string name, string? version = null)
        => (Predicate)Find(PluginType.Predicate, name, version).Create();

    /// <summary>
    /// The keys of a plugin of any type; of a connector, with those that every sink connector has behind them.
    /// </summary>
    /// <param name="name">Any of its names.</param>
    /// <param name="version">Which versions will do, as in <see cref="FindConnector"/>.</param>
    /// <returns>The keys, or null when there is no plugin of that name.</returns>
    /// <exception cref="PluginNotFoundException">Several plugins of one type have the name, or none is of such a version.</exception>
    public IReadOnlyList<ConfigKey>? FindKeys(string name, string? version)
    {
        foreach (var type in _byType.Select(group => group.Key).Order().Where(type => Named(type, name.Trim()).Count > 0))
            return Find(type, name, version).Keys;
        return null;
    }

    /// <summary>Whether an assembly that holds plugins has a class of that full name, be it a plugin or not.</summary>
    public bool HasClass(string name)
        => _byType.SelectMany(group => group).Select(plugin => plugin.Instance.GetType().Assembly).Distinct()
            .Any(assembly => assembly.GetType(name.Trim().Replace('$', '+')) is not null);

    /// <summary>What a converter is for that role.</summary>
    internal static PluginType TypeOf(ConverterRole role)
        => role == ConverterRole.Header ? PluginType.HeaderConverter : PluginType.Converter;

    /// <summary>The plugin of that type, name and version, or what is wrong: exactly one of the two is null.</summary>
    internal (PluginDescriptor? Plugin, string? Error) TryFind(PluginType type, string name, string? version = null)
    {
        name = name.Trim();
        var matches = Named(type, name);
        var (singular, plural) = Words(type);
        if (matches.Count == 0)
        {
            var nearest = NearestKey.Find(name, _byType[type].SelectMany(static plugin => plugin.Names));
            return (null, $"Failed to find any class that implements {singular} and which name matches {name}, " +
                $"available {plural} are: {List(_byType[type])}{(nearest is null ? "" : $". Did you mean {nearest}?")}" +
                (Failures.Count == 0 ? "" : $". Could not be loaded: {string.Join("; ", Failures.Select(static failure => $"{failure.Location} ({failure.Reason})"))}"));
        }
        if (matches.DistinctBy(plugin => plugin.Info.ClassName).Count() > 1)
        {
            return (null, $"More than one {singular.ToLowerInvariant()} matches alias {name}. " +
                $"Please use full package and class name instead. Classes found: {List(matches)}");
        }
        var (range, error) = PluginVersionRange.Parse(version);
        if (error is not null)
            return (null, $"{version!.Trim()}: {error}");
        var chosen = matches.Where(plugin => range is null || range.Contains(plugin.Version)).MaxBy(plugin => plugin.Version);
        return chosen is not null
            ? (chosen, null)
            : (null, $"Plugin {matches[0].Info.ClassName} not found that matches the version range {range}, " +
                $"available versions: [{string.Join(", ", Versions(matches))}]");
    }

    /// <summary>The versions that there are of a plugin, the lowest first; empty where none has the name.</summary>
    internal IReadOnlyList<string> Versions(PluginType type, string name) => Versions(Named(type, name.Trim()));

    /// <summary>Null when there is exactly one plugin of that type and name; else what is wrong with the name.</summary>
    internal string? DescribeMissing(PluginType type, string name)
    {
        var (plugin, error) = TryFind(type, name);
        if (plugin is not null)
            return null;
        if (error!.StartsWith("More", StringComparison.Ordinal))
            return error;
        var other = _byType.Select(group => TryFind(group.Key, name).Plugin).FirstOrDefault(found => found is not null);
        if (other is not null)
            return $"Class {other.Info.ClassName} does not implement the {Words(type).Singular} interface";
        List<string> variants = [.. _byType[type].SelectMany(plugin => plugin.VariantsOf(name.Trim())).Order(StringComparer.Ordinal)];
        return variants.Count == 0
            ? $"Class {name.Trim()} could not be found."
            : $"Class {name.Trim()} is abstract and cannot be created. Did you mean {string.Join(", ", variants)}?";
    }

    /// <summary>The class names of all plugins of a type.</summary>
    internal IReadOnlyList<string> ClassNames(PluginType type)
        => [.. _byType[type].Select(plugin => plugin.Info.ClassName).Distinct().Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Versions(IEnumerable<PluginDescriptor> plugins)
        => [.. plugins.OrderBy(plugin => plugin.Version).Select(plugin => plugin.Info.Version).Distinct()];

    /// <summary>The plugins of that full class name, or where there are none of that short name or alias.</summary>
    private List<PluginDescriptor> Named(PluginType type, string name)
    {
        List<PluginDescriptor> classes = [.. _byType[type].Where(plugin => plugin.IsClass(name))];
        return classes.Count > 0 ? classes : [.. _byType[type].Where(plugin => plugin.HasName(name))];
    }

    private PluginDescriptor Find(PluginType type, string name, string? version)
    {
        var (plugin, error) = TryFind(type, name, version);
        return plugin ?? throw new PluginNotFoundException(error!);
    }

    private static string List(IEnumerable<PluginDescriptor> plugins)
        => string.Join(", ", plugins.Select(p => $"{p.Info.ClassName} ({p.Info.Version})").Order(StringComparer.Ordinal));

    private static (string Singular, string Plural) Words(PluginType type) => type switch
    {
        PluginType.Sink => ("Connector", "connectors"),
        PluginType.Transformation => ("Transformation", "transformations"),
        PluginType.Predicate => ("Predicate", "predicates"),
        PluginType.Converter => ("Converter", "converters"),
        _ => ("HeaderConverter", "header converters"),
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Plugin: {Type} {Class} {Version} ({Location}).")]
        public static partial void Found(ILogger logger, string type, string @class, string version, string location);
    }
}
