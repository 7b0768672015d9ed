using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>One transform of a connector's chain, with the condition that it is applied on.</summary>
internal sealed class TransformStage
{
    private readonly Transform _transform;
    private readonly string _transformPrefix;
    private readonly Predicate? _predicate;
    private readonly string? _predicatePrefix;
    private readonly bool _negate;

    private TransformStage(PluginCatalog plugins, IReadOnlyDictionary<string, string> config, string alias)
    {
        _transformPrefix = $"{ConnectorKeys.Transforms}.{alias}";
        var own = config.WithPrefix(_transformPrefix + ".");
        _transform = plugins.CreateTransform(TypeOf(own, _transformPrefix), VersionOf(own));
        own.Remove("predicate", out var predicateAlias);
        own.Remove("negate", out var negate);
        if (negate is not null && predicateAlias is null)
        {
            throw new ConfigException($"Config '{_transformPrefix}.negate' was provided but there is no config " +
                $"'{_transformPrefix}.predicate' defining a predicate to be negated.");
        }
        Configure(_transformPrefix, () => _transform.Configure(own));
        if (predicateAlias is null)
            return;
        _negate = string.Equals(negate?.Trim(), "true", StringComparison.OrdinalIgnoreCase);
        _predicatePrefix = $"{ConnectorKeys.Predicates}.{predicateAlias.Trim()}";
        _predicate = CreatePredicate(plugins, config, predicateAlias.Trim());
    }

    /// <summary>Applies the transform where its predicate says so.</summary>
    /// <returns>False to drop the record.</returns>
    /// <exception cref="ConversionException">Transform or predicate threw.</exception>
    public bool Apply(ref SinkRecord record)
    {
        try
        {
            if (_predicate is not null && _predicate.Test(in record) == _negate)
                return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ConversionException(ConversionStage.Transformation, _predicate!.GetType().FullName!, e, _predicatePrefix);
        }
        try
        {
            return _transform.Apply(ref record);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ConversionException(ConversionStage.Transformation, _transform.GetType().FullName!, e, _transformPrefix);
        }
    }

    /// <summary>Makes the chain of a connector, in order.</summary>
    /// <exception cref="ConfigException">A key is missing or has a value that is not allowed.</exception>
    /// <exception cref="PluginNotFoundException">A class is unknown.</exception>
    public static TransformStage[] CreateChain(PluginCatalog plugins, IReadOnlyDictionary<string, string> config)
        => [.. Aliases(config, ConnectorKeys.Transforms).Select(alias => new TransformStage(plugins, config, alias))];

    private Predicate CreatePredicate(PluginCatalog plugins, IReadOnlyDictionary<string, string> config, string alias)
    {
        var known = Aliases(config, ConnectorKeys.Predicates);
        if (!known.Contains(alias, StringComparer.Ordinal))
        {
            throw new ConfigException($"{_transformPrefix}.predicate", alias,
                $"There is no predicate of that alias; predicates has: {string.Join(", ", known)}");
        }
        var own = config.WithPrefix(_predicatePrefix + ".");
        var predicate = plugins.CreatePredicate(TypeOf(own, _predicatePrefix!), VersionOf(own));
        Configure(_predicatePrefix!, () => predicate.Configure(own));
        return predicate;
    }

    /// <summary>Says whose key is wrong: the plugin knows its keys without the prefix.</summary>
    private static void Configure(string prefix, Action configure)
    {
        try
        {
            configure();
        }
        catch (ConfigException e)
        {
            throw new ConfigException($"{prefix}: {e.Message}", e);
        }
    }

    private static string TypeOf(Dictionary<string, string> own, string prefix)
        => own.Remove("type", out var type)
            ? type
            : throw new ConfigException($"Missing required configuration \"{prefix}.type\" which has no default value.");

    private static string? VersionOf(Dictionary<string, string> own)
        => own.Remove(ConnectorKeys.PluginVersionSuffix[1..], out var version) ? version : null;

    private static string[] Aliases(IReadOnlyDictionary<string, string> config, string key)
        => config.GetValueOrDefault(key, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
