using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>Makes config providers by the class names that a worker's configuration gives.</summary>
internal static partial class ConfigProviderFactory
{
    private const string JavaPackage = "org.apache.kafka.common.config.provider.";

    /// <summary>Makes a provider.</summary>
    /// <param name="name">The provider's name in <c>config.providers</c>.</param>
    /// <param name="className">Java's class name, the simple name, or that without "ConfigProvider".</param>
    /// <param name="parameters">The keys under <c>config.providers.NAME.param.</c>, prefix removed.</param>
    /// <param name="logger">Where to warn of parameters that are unknown.</param>
    /// <exception cref="ConfigException">The class is unknown, or a parameter is not allowed.</exception>
    public static IConfigProvider Create(
        string name, string className, IReadOnlyDictionary<string, string> parameters, ILogger logger)
    {
        var simpleName = className.Trim();
        if (simpleName.StartsWith(JavaPackage, StringComparison.Ordinal))
            simpleName = simpleName[JavaPackage.Length..];
        switch (simpleName)
        {
            case "FileConfigProvider" or "File":
                WarnOfOthers(AllowedPaths.Key);
                return new FileConfigProvider(new(name, parameters.GetValueOrDefault(AllowedPaths.Key)));
            case "DirectoryConfigProvider" or "Directory":
                WarnOfOthers(AllowedPaths.Key);
                return new DirectoryConfigProvider(new(name, parameters.GetValueOrDefault(AllowedPaths.Key)));
            case "EnvVarConfigProvider" or "EnvVar":
                WarnOfOthers(EnvVarConfigProvider.AllowListKey);
                return new EnvVarConfigProvider(name, parameters.GetValueOrDefault(EnvVarConfigProvider.AllowListKey));
            default:
                throw new ConfigException(
                    $"config.providers.{name}.class",
                    className,
                    $"Failed to find any class that implements ConfigProvider and which name matches {className}, " +
                    "available ConfigProviders are: FileConfigProvider, DirectoryConfigProvider, EnvVarConfigProvider");
        }

        void WarnOfOthers(string known)
        {
            foreach (var key in parameters.Keys.Where(key => key != known))
                Log.UnknownParameter(logger, $"config.providers.{name}.param.{key}", known);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "{Key} is not a parameter of this config provider, which has: {Known}.")]
        public static partial void UnknownParameter(ILogger logger, string key, string known);
    }
}
