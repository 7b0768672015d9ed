using Exports.Api.Errors;
using Exports.Connectors.Sdk;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Exports.Api.Connectors;

/// <summary>Lets through only configurations that a connector can be started with.</summary>
internal sealed partial class ConfigCheck(Preflight preflight, ILogger<ConfigCheck> logger)
{
    // A request line holds 8 KiB; what is longer could be created and never be read, stopped or deleted again.
    private const int MaxEncodedNameLength = 4096;
    private const string NullValue = "Null value can not be supplied as the configuration value.";

    /// <summary>The configuration with the connector's name in it.</summary>
    /// <param name="name">The connector's name.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="request">The request, which may ask for a check of the destination.</param>
    /// <exception cref="ApiException">It is wrong (400); the message names everything that is.</exception>
    /// <exception cref="ConfigException">It does not say which connector it is for (400).</exception>
    public async Task<Dictionary<string, string>> CheckAsync(string name, Dictionary<string, string?> config, HttpRequest request)
    {
        if (name.Length > 0 && string.IsNullOrWhiteSpace(name))
            throw new ApiException(ErrorResponses.InvalidConfig([$"Invalid value {name} for configuration name: String may not be white space alone"]));
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

        var validation = await preflight.ValidateAsync(config, request);
        if (!validation.IsValid)
            throw new ApiException(ErrorResponses.BadRequest(validation.Message));
        foreach (var warning in validation.Warnings)
            Log.KeyWithoutEffect(logger, name, warning);
        return complete;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Connector {Connector}: {Warning}")]
        public static partial void KeyWithoutEffect(ILogger logger, string connector, string warning);
    }
}
