using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Checks the keys of a connector's transforms and predicates.</summary>
internal sealed class TransformKeys(PluginCatalog plugins, ValidationReport report, IReadOnlyDictionary<string, string?> config)
{
    public void Check()
    {
        foreach (var alias in Aliases(ConnectorKeys.Transforms))
            CheckTransform(alias);
        foreach (var alias in Aliases(ConnectorKeys.Predicates))
            CheckPlugin(ConnectorKeys.Predicates, alias, PluginType.Predicate, name => plugins.CreatePredicate(name).Config, []);
    }

    private IEnumerable<string> Aliases(string key)
        => (config.GetValueOrDefault(key) ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal);

    private string? CheckPredicate(string alias)
    {
        var known = Aliases(ConnectorKeys.Predicates).ToList();
        return known.Contains(alias)
            ? null
            : $"There is no predicate of that alias; predicates has: {string.Join(", ", known)}";
    }

    private void CheckTransform(string alias)
    {
        var prefix = $"{ConnectorKeys.Transforms}.{alias}.";
        CheckPlugin(ConnectorKeys.Transforms, alias, PluginType.Transformation, name => plugins.CreateTransform(name).Config,
        [
            new("predicate", ConfigType.String,
                "The alias of the predicate that decides which records the transform is applied to.")
            {
                Default = null,
                Check = value => value is string predicate ? CheckPredicate(predicate) : null,
            },
            new("negate", ConfigType.Boolean, "Whether it is applied to those records that the predicate does not hold for.")
            {
                Default = "false",
            },
        ]);
        if (config.ContainsKey(prefix + "negate") && !config.ContainsKey(prefix + "predicate"))
        {
            report.AddError(prefix + "type",
                $"Config '{prefix}negate' was provided but there is no config '{prefix}predicate' " +
                "defining a predicate to be negated.");
        }
    }

    private void CheckPlugin(
        string list, string alias, PluginType type, Func<string, ConfigDef> configOf, IReadOnlyList<ConfigKey> implicitKeys)
    {
        var prefix = $"{list}.{alias}.";
        var (kind, groups) = type == PluginType.Transformation
            ? ("Transformation", ConnectorConfigDefinition.TransformsGroup)
            : ("Predicate", ConnectorConfigDefinition.PredicatesGroup);
        var group = $"{groups}: {alias}";
        var typeKey = new ConfigKey("type", ConfigType.Class, $"The class of the {kind.ToLowerInvariant()} '{alias}'.")
        {
            Group = group,
            Importance = ConfigImportance.High,
            Width = ConfigWidth.Long,
            DisplayName = $"{kind} type for {alias}",
            Check = value => value is string name ? plugins.DescribeMissing(type, name) : $"Not a {kind}",
            Recommend = _ => plugins.ClassNames(type),
        };
        if (!report.Check([typeKey], prefix))
        {
            // Kafka Connect finds fault twice with a class that is not there.
            if (config.GetValueOrDefault(prefix + "type") is not null)
                report.AddError(prefix + "type", new ConfigException(prefix + "type", null, $"Not a {kind}").Message);
            return;
        }
        var own = configOf(config[prefix + "type"]!).Where(key => implicitKeys.All(other => other.Name != key.Name));
        report.Check([ConnectorConfigDefinition.PluginVersion("plugin.version", group), .. implicitKeys, .. own], prefix, group);
    }
}
