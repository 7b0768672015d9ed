using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>One transform of a connector's chain, with the condition that it is applied on.</summary>
internal sealed class TransformStage(Transform transform, Predicate? predicate, bool negate)
{
    /// <summary>Applies the transform where its predicate says so.</summary>
    /// <returns>False to drop the record.</returns>
    /// <exception cref="ConversionException">Transform or predicate threw.</exception>
    public bool Apply(ref SinkRecord record)
    {
        try
        {
            if (predicate is not null && predicate.Test(in record) == negate)
                return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ConversionException(ConversionStage.Transformation, predicate!.GetType().FullName!, e);
        }
        try
        {
            return transform.Apply(ref record);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ConversionException(ConversionStage.Transformation, transform.GetType().FullName!, e);
        }
    }

    /// <summary>Makes the chain of a connector, in order.</summary>
    /// <exception cref="ConfigException">A key is missing or has a value that is not allowed.</exception>
    /// <exception cref="PluginNotFoundException">A class is unknown.</exception>
    public static TransformStage[] CreateChain(PluginCatalog plugins, IReadOnlyDictionary<string, string> config)
        => [.. Aliases(config, ConnectorKeys.Transforms).Select(alias => Create(plugins, config, alias))];

    private static TransformStage Create(PluginCatalog plugins, IReadOnlyDictionary<string, string> config, string alias)
    {
        var prefix = $"{ConnectorKeys.Transforms}.{alias}.";
        var own = config.WithPrefix(prefix);
        var transform = plugins.CreateTransform(TypeOf(own, ConnectorKeys.Transforms, alias));
        own.Remove("predicate", out var predicateAlias);
        own.Remove("negate", out var negate);
        if (negate is not null && predicateAlias is null)
        {
            throw new ConfigException($"Config '{prefix}negate' was provided but there is no config '{prefix}predicate' " +
                "defining a predicate to be negated.");
        }
        transform.Configure(own);
        return new(
            transform,
            predicateAlias is null ? null : CreatePredicate(plugins, config, predicateAlias.Trim(), prefix + "predicate"),
            string.Equals(negate?.Trim(), "true", StringComparison.OrdinalIgnoreCase));
    }

    private static Predicate CreatePredicate(
        PluginCatalog plugins, IReadOnlyDictionary<string, string> config, string alias, string namedBy)
    {
        if (!Aliases(config, ConnectorKeys.Predicates).Contains(alias, StringComparer.Ordinal))
        {
            throw new ConfigException(namedBy, alias, "There is no predicate of that alias; predicates has: " +
                string.Join(", ", Aliases(config, ConnectorKeys.Predicates)));
        }
        var own = config.WithPrefix($"{ConnectorKeys.Predicates}.{alias}.");
        var predicate = plugins.CreatePredicate(TypeOf(own, ConnectorKeys.Predicates, alias));
        predicate.Configure(own);
        return predicate;
    }

    private static string TypeOf(Dictionary<string, string> own, string list, string alias)
        => own.Remove("type", out var type)
            ? type
            : throw new ConfigException($"Missing required configuration \"{list}.{alias}.type\" which has no default value.");

    private static IEnumerable<string> Aliases(IReadOnlyDictionary<string, string> config, string key)
        => config.GetValueOrDefault(key, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
