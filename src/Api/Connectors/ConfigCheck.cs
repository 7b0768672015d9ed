using Exports.Api.Errors;
using Exports.Connectors.Sdk;
using Exports.Pipeline;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Connectors;

/// <summary>Lets through only configurations that a connector can be started with.</summary>
internal sealed partial class ConfigCheck(ConnectorValidator validator, ILogger<ConfigCheck> logger)
{
    // A request line holds 8 KiB; what is longer could be created and never be read, stopped or deleted again.
    private const int MaxEncodedNameLength = 4096;
    private const string NullValue = "Null value can not be supplied as the configuration value.";

    /// <summary>The configuration with the connector's name in it.</summary>
    /// <exception cref="ApiException">It is wrong (400); the message names everything that is.</exception>
    /// <exception cref="ConfigException">It does not say which connector it is for (400).</exception>
    public Dictionary<string, string> Check(string name, Dictionary<string, string?> config)
    {
        if (config.GetValueOrDefault("name") is { } inConfig && inConfig != name)
            throw new ApiException(ErrorResponses.NameMismatch(inConfig, name));
        if (Uri.EscapeDataString(name).Length > MaxEncodedNameLength)
        {
            throw new ApiException(ErrorResponses.InvalidConfig(
                [$"Invalid value {name[..64]}… for configuration name: {name.Length} characters are too long for a URL"]));
        }
        config["name"] = name;
        var complete = new Dictionary<string, string>(config.Count, StringComparer.Ordinal);
        var nulls = new List<string>();
        foreach (var (key, value) in config)
        {
            if (value is null)
                nulls.Add($"Invalid value null for configuration {key}: {NullValue}");
            else
                complete[key] = value;
        }
        if (nulls.Count > 0)
            throw new ApiException(ErrorResponses.InvalidConfig(nulls));

        var validation = validator.Validate(config);
        if (!validation.IsValid)
            throw new ApiException(ErrorResponses.BadRequest(validation.Message));
        foreach (var unknown in validation.UnknownKeys)
            Log.UnknownKey(logger, name, unknown.Key, unknown.Nearest is { } nearest ? $"; did you mean '{nearest}'?" : "");
        return complete;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Connector {Connector}: nobody reads the configuration key '{Key}'{Hint}")]
        public static partial void UnknownKey(ILogger logger, string connector, string key, string hint);
    }
}
