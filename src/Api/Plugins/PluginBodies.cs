using System.Text.Json.Serialization;
using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Api.Plugins;

/// <summary>A plugin of this worker.</summary>
internal sealed record PluginInfoBody(
    string Class,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version)
{
    public static PluginInfoBody From(PluginInfo plugin)
        => new(plugin.ClassName, plugin.TypeName, plugin.Version is "" or "undefined" ? null : plugin.Version);
}

/// <summary>What the check of a configuration gave.</summary>
/// <param name="Name">The connector's class as it was given.</param>
/// <param name="ErrorCount">How many errors there are in all keys together.</param>
/// <param name="Groups">The groups of keys in the order in which they are shown.</param>
/// <param name="Configs">Every key.</param>
/// <param name="Warnings">Which keys change nothing and which placeholders stay; left out when there are none, since Kafka Connect does not have this field.</param>
internal sealed record ConfigInfosBody(
    string Name,
    int ErrorCount,
    IReadOnlyList<string> Groups,
    IReadOnlyList<ConfigInfoBody> Configs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings)
{
    public static ConfigInfosBody From(ConnectorValidation validation)
    {
        var definitions = ConfigKeyBody.InGroups(validation.Keys.Select(key => key.Definition).OfType<ConfigKey>());
        var next = 0;
        return new(
            validation.ConnectorClass,
            validation.Errors.Count,
            validation.Groups,
            [
                .. validation.Keys.Select(key => new ConfigInfoBody(
                    key.Definition is null ? null : definitions[next++], ConfigValueBody.From(key.Value))),
            ],
            validation.Warnings.Count > 0 ? validation.Warnings : null);
    }
}

/// <summary>A key and its value; a key that nobody defines has no definition.</summary>
internal sealed record ConfigInfoBody(ConfigKeyBody? Definition, ConfigValueBody Value);

/// <summary>What a key is.</summary>
internal sealed record ConfigKeyBody(
    string Name,
    string Type,
    bool Required,
    string? DefaultValue,
    string Importance,
    string Documentation,
    string? Group,
    string Width,
    string DisplayName,
    IReadOnlyList<string> Dependents,
    int Order)
{
    /// <summary>Keys, each with its place in its group, from 1.</summary>
    public static List<ConfigKeyBody> InGroups(IEnumerable<ConfigKey> keys)
    {
        var keysInGroup = new Dictionary<string, int>(StringComparer.Ordinal);
        return
        [
            .. keys.Select(key =>
            {
                var group = key.Group ?? "";
                return From(key, keysInGroup[group] = keysInGroup.GetValueOrDefault(group) + 1);
            }),
        ];
    }

    private static ConfigKeyBody From(ConfigKey key, int order)
        => new(
            key.Name,
            Upper(key.Type),
            key.IsRequired,
            key.Default,
            Upper(key.Importance),
            key.NoEffect is { } reason ? $"{key.Documentation} Has no effect here: {reason}." : key.Documentation,
            key.Group,
            Upper(key.Width),
            key.DisplayName,
            key.Dependents,
            order);

    private static string Upper<T>(T value)
        where T : struct, Enum
        => value.ToString().ToUpperInvariant();
}

/// <summary>A key's value and what is wrong with it.</summary>
internal sealed record ConfigValueBody(
    string Name, string? Value, IReadOnlyList<string> RecommendedValues, IReadOnlyList<string> Errors, bool Visible)
{
    public static ConfigValueBody From(ConfigValue value)
        => new(value.Name, value.Value, value.RecommendedValues, value.Errors, value.Visible);
}
