using System.Text.Json.Nodes;
using Exports.Ctl.Server;
using Exports.Rest.Client;

namespace Exports.Ctl.Files;

/// <summary>Which values of a configuration are not shown: those of passwords, unless they are placeholders.</summary>
internal sealed class Secrets
{
    public const string Hidden = "[hidden]";

    private static readonly string[] s_words = ["password", "secret", "token", "credential", "private.key", "jaas"];

    private readonly HashSet<string> _keys;

    private Secrets(HashSet<string> keys) => _keys = keys;

    /// <summary>Asks the worker which keys hold passwords. One that cannot tell leaves the keys whose names say so.</summary>
    public static async Task<Secrets> OfAsync(ConnectApi api, JsonObject config, CancellationToken cancellationToken)
    {
        var keys = config.Select(entry => entry.Key)
            .Where(key => s_words.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase))).ToHashSet(StringComparer.Ordinal);
        try
        {
            var validation = await api.ValidateAsync(config, isPreflight: false, cancellationToken);
            foreach (var definition in validation["configs"]?.AsArray() ?? [])
            {
                if (definition?["definition"]?["type"]?.ToString() == "PASSWORD")
                    keys.Add(definition["definition"]!["name"]!.ToString());
            }
        }
        catch (RefusedException)
        {
            // The class is not known there: the names of the keys have to do.
        }

        return new(keys);
    }

    /// <summary>A value as it may be shown.</summary>
    public string? Masked(string key, string? value)
        => value is null || !_keys.Contains(key) || IsPlaceholder(value) ? value : Hidden;

    /// <summary>A configuration as it may be shown.</summary>
    public JsonObject Masked(JsonObject config)
        => new(config.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Masked(entry.Key, entry.Value?.ToString()))));

    private static bool IsPlaceholder(string value)
        => value.StartsWith("${", StringComparison.Ordinal) && value.EndsWith('}') && value.Contains(':', StringComparison.Ordinal);
}
