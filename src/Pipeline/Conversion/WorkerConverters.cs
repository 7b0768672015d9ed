using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Checks the converters that a worker gives to connectors without their own.</summary>
public static class WorkerConverters
{
    /// <summary>What is wrong with them: found at the start of the worker, and not by every task.</summary>
    /// <param name="plugins">Where classes are looked up.</param>
    /// <param name="options">The worker's converters.</param>
    /// <returns>A message a converter; none when all can be made.</returns>
    public static IEnumerable<string> FindErrors(PluginCatalog plugins, PipelineOptions options)
    {
        foreach (var (key, role) in ((string, ConverterRole)[])[
            (ConnectorKeys.KeyConverter, ConverterRole.Key),
            (ConnectorKeys.ValueConverter, ConverterRole.Value),
            (ConnectorKeys.HeaderConverter, ConverterRole.Header)])
        {
            if (!options.Converters.TryGetValue(key, out var className))
                continue;
            var versionKey = key + ConnectorKeys.PluginVersionSuffix;
            var version = options.Converters.GetValueOrDefault(versionKey);
            if (plugins.TryFind(PluginCatalog.TypeOf(role), className).Error is { } missing)
                yield return new ConfigException(key, className, missing).Message;
            else if (plugins.TryFind(PluginCatalog.TypeOf(role), className, version).Error is { } otherVersion)
                yield return new ConfigException(versionKey, version, otherVersion).Message;
            else if (TryConfigure(plugins.CreateConverter(className, role, version), options.Converters.WithPrefix(key + "."), role) is { } wrong)
                yield return $"{key}: {wrong}";
        }
    }

    private static string? TryConfigure(Converter converter, IReadOnlyDictionary<string, string> config, ConverterRole role)
    {
        try
        {
            converter.Configure(config, role);
            return null;
        }
        catch (ConnectException e)
        {
            return e.Message;
        }
    }
}
