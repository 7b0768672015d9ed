using System.Collections;

namespace Exports.Connectors.Sdk;

/// <summary>The keys of a configuration, in the order in which they are shown.</summary>
public sealed class ConfigDef : IEnumerable<ConfigKey>
{
    private readonly Dictionary<string, ConfigKey> _keys = new(StringComparer.Ordinal);
    private readonly List<ConfigKey> _ordered = [];

    /// <summary>The number of keys.</summary>
    public int Count => _ordered.Count;

    /// <summary>The key of that name, or null.</summary>
    public ConfigKey? this[string name] => _keys.GetValueOrDefault(name);

    /// <summary>Adds a key.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(ConfigKey key)
    {
        if (!_keys.TryAdd(key.Name, key))
            throw new ArgumentException($"The configuration key '{key.Name}' is defined twice.", nameof(key));
        _ordered.Add(key);
    }

    /// <summary>Parses and checks a configuration. Keys that are not defined here are left out.</summary>
    /// <exception cref="ConfigException">
    /// A required key is missing, or a value is not allowed; the first such key is named.
    /// </exception>
    public ParsedConfig Parse(IReadOnlyDictionary<string, string> config)
    {
        var values = new Dictionary<string, object?>(_ordered.Count, StringComparer.Ordinal);
        foreach (var key in _ordered)
        {
            var given = config.TryGetValue(key.Name, out var text);
            var (value, errors) = Evaluate(key, given, text, shown: null);
            if (errors.Count > 0)
                throw new ConfigException(errors[0]) { Key = key.Name };
            values.Add(key.Name, value);
        }
        return new(this, values);
    }

    /// <summary>Checks a configuration key by key, and finds all errors rather than the first.</summary>
    /// <param name="config">
    /// The configuration, placeholders resolved. Null stands for a value that was explicitly given as null.
    /// </param>
    /// <param name="unresolved">
    /// The same configuration with its placeholders: where a value differs from it, this text is shown and the value is not.
    /// </param>
    /// <returns>One entry a key, in the order of the keys.</returns>
    public IReadOnlyList<ConfigValue> Validate(
        IReadOnlyDictionary<string, string?> config, IReadOnlyDictionary<string, string?>? unresolved = null)
    {
        Dictionary<string, string>? present = null;
        var results = new List<ConfigValue>(_ordered.Count);
        foreach (var key in _ordered)
        {
            var given = config.TryGetValue(key.Name, out var text);
            var shown = unresolved?.GetValueOrDefault(key.Name);
            if (string.Equals(shown, text, StringComparison.Ordinal))
                shown = null;
            var (value, errors) = Evaluate(key, given, text, shown);
            IReadOnlyList<string> recommended = [];
            var visible = true;
            if (key.Recommend is not null || key.IsVisible is not null)
            {
                present ??= config
                    .Where(entry => entry.Value is not null)
                    .ToDictionary(entry => entry.Key, entry => entry.Value!);
                recommended = key.Recommend?.Invoke(present) ?? [];
                visible = key.IsVisible?.Invoke(present) ?? true;
            }
            results.Add(new(key.Name, Show(key, value, text, shown), errors, recommended, visible));
        }
        return results;
    }

    /// <inheritdoc/>
    public IEnumerator<ConfigKey> GetEnumerator() => _ordered.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// As in Kafka Connect, a check also sees a required value that is missing, a null and what could not be parsed, as
    /// null, and may add an error of its own. It does not see an optional value that was not given.
    /// </summary>
    private static (object? Value, IReadOnlyList<string> Errors) Evaluate(ConfigKey key, bool given, string? text, string? shown)
    {
        object? value = null;
        var source = given ? text : key.Default;
        List<string>? errors = null;
        if (!given && key.IsRequired)
        {
            (errors ??= []).Add($"Missing required configuration \"{key.Name}\" which has no default value.");
        }
        else if (source is not null)
        {
            (value, var parseError) = ConfigText.Parse(source, key.Type);
            if (parseError is not null)
                (errors ??= []).Add(new ConfigException(key.Name, Mask(key, shown ?? text), parseError).Message);
        }
        else if (!given)
        {
            return (null, []);
        }

        if (key.Check?.Invoke(value) is { } checkError)
        {
            var description = value is null ? "null" : Mask(key, shown ?? ConfigText.Describe(value));
            (errors ??= []).Add(new ConfigException(key.Name, description, checkError).Message);
        }
        return (value, (IReadOnlyList<string>?)errors ?? []);
    }

    private static string? Mask(ConfigKey key, string? text)
        => key.Type == ConfigType.Password ? ParsedConfig.HiddenPassword : text;

    private static string? Show(ConfigKey key, object? value, string? text, string? shown)
    {
        var visible = shown ?? ConfigText.Format(value) ?? text;
        return visible is null ? null : Mask(key, visible);
    }
}
