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
            CheckPlugin(ConnectorKeys.Predicates, alias, PluginType.Predicate, (name, version) => plugins.CreatePredicate(name, version).Config, []);
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
        var negateError = config.ContainsKey(prefix + "negate") && !config.ContainsKey(prefix + "predicate")
            ? $"Config '{prefix}negate' was provided but there is no config '{prefix}predicate' " +
                "defining a predicate to be negated."
            : null;
        Transform? transform = null;
        var isValid = CheckPlugin(
            ConnectorKeys.Transforms,
            alias,
            PluginType.Transformation,
            (name, version) => (transform = plugins.CreateTransform(name, version)).Config,
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
            ],
            negateError);
        if (isValid && transform is not null)
            CheckTogether(transform, prefix);
    }

    /// <summary>Has a transform check its keys together, which it can where each of them is all right by itself.</summary>
    private void CheckTogether(Transform transform, string prefix)
    {
        var own = config.WithPrefix(prefix)
            .Where(entry => entry.Value is not null)
            .ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.Ordinal);
        try
        {
            foreach (var (key, message) in transform.Validate(own))
                report.AddError(prefix + key, message);
        }
        catch (Exception e)
        {
            // A plugin's check that throws is a plugin's defect; it must not look like one of the worker.
            report.AddError(prefix + "type", $"{transform.GetType().FullName} failed to check the configuration: {e.Message}");
        }
    }

    /// <summary>Checks type and keys of a transform or predicate.</summary>
    /// <param name="list">The key that its alias is in.</param>
    /// <param name="alias">Its alias.</param>
    /// <param name="type">What it must be.</param>
    /// <param name="configOf">Gives the keys of a class and version.</param>
    /// <param name="implicitKeys">Keys that all classes of the type have; they hide those of the class.</param>
    /// <param name="typeError">What else is wrong, to be shown at its type. It takes the place of a missing class's second error.</param>
    /// <returns>Whether all is well.</returns>
    private bool CheckPlugin(
        string list,
        string alias,
        PluginType type,
        Func<string, string?, ConfigDef> configOf,
        IReadOnlyList<ConfigKey> implicitKeys,
        string? typeError = null)
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
            Check = value => value is string name ? plugins.DescribeMissing(type, name) : typeError ?? $"Not a {kind}",
            Recommend = _ => plugins.ClassNames(type),
        };
        var isClassKnown = report.Check([typeKey], prefix);
        var isGiven = config.GetValueOrDefault(prefix + "type") is not null;
        if (isClassKnown && typeError is not null)
            report.AddError(prefix + "type", typeError);
        else if (!isClassKnown && isGiven) // Kafka Connect finds fault twice with a class that is not there.
            report.AddError(prefix + "type", typeError ?? new ConfigException(prefix + "type", null, $"Not a {kind}").Message);
        if (!isClassKnown)
            return false;

        const string versionName = "plugin.version";
        var version = ConnectorConfigDefinition.PluginVersion(
            versionName, null, group, prefix + "type", name => plugins.Versions(type, name));
        if (!report.Check([version], prefix))
            return false;
        if (plugins.TryFind(type, config[prefix + "type"]!, config.GetValueOrDefault(prefix + versionName)).Error is { } missing)
        {
            report.AddError(prefix + versionName, missing);
            return false;
        }

        var own = configOf(config[prefix + "type"]!, config.GetValueOrDefault(prefix + versionName)).Where(key => implicitKeys.All(other => other.Name != key.Name));
        return report.Check([.. implicitKeys, .. own], prefix, group)
            && typeError is null;
    }
}
