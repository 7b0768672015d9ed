using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Gathers what is said about each key while a configuration is checked.</summary>
internal sealed class ValidationReport(
    IReadOnlyDictionary<string, string?> resolved, IReadOnlyDictionary<string, string?> unresolved, Redactor redactor)
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<Entry> _undefined = [];
    private readonly List<Entry> _defined = [];
    private readonly List<Entry> _converters = [];

    /// <summary>All keys that are defined, or that have an error.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Checks keys, and lists them after those that are there. Keys that are there already stay as they are.</summary>
    /// <param name="definition">The keys.</param>
    /// <param name="prefix">What their names begin with in the configuration.</param>
    /// <param name="group">The group that they are shown in; null for their own.</param>
    /// <returns>Whether all is well.</returns>
    public bool Check(IEnumerable<ConfigKey> definition, string prefix = "", string? group = null)
        => Check(definition, prefix, group, _defined);

    /// <summary>Checks the keys of a converter.</summary>
    public void CheckConverter(IEnumerable<ConfigKey> definition, string prefix)
        => Check(definition, prefix, group: null, _converters);

    public void AddError(string key, string message)
    {
        if (!_entries.TryGetValue(key, out var entry))
            _undefined.Add(_entries[key] = entry = new(null, new(key, unresolved.GetValueOrDefault(key), [], []), []));
        entry.Errors.Add(message);
    }

    public bool HasErrors(string key) => _entries.TryGetValue(key, out var entry) && entry.Errors.Count > 0;

    public ConnectorValidation Finish(
        string connectorClass, IReadOnlyList<UnknownKey> unknownKeys, IReadOnlyList<UnresolvedPlaceholder> unresolvedPlaceholders)
    {
        foreach (var entry in _entries.Values.Where(entry => entry.Definition?.Type == ConfigType.Password))
            redactor.Add(resolved.GetValueOrDefault(entry.Value.Name) ?? "", ParsedConfig.HiddenPassword);
        List<Entry> all = [.. _undefined, .. _defined, .. _converters];
        foreach (var entry in all.Where(entry => entry.Definition is { IsRequired: true } && !unresolved.ContainsKey(entry.Value.Name)))
        {
            // A required key that is missing and another that nobody reads are mostly one key, misspelt.
            if (unknownKeys.FirstOrDefault(unknown => unknown.Nearest == entry.Value.Name) is { } misspelt && entry.Errors.Count > 0)
                entry.Errors[0] += $" Is '{misspelt.Key}' meant for it?";
        }

        return new(
            connectorClass,
            [.. all.Select(entry => entry.Definition?.Group).OfType<string>().Distinct()],
            [.. all.Select(
                entry => new CheckedKey(entry.Definition,
                    entry.Value with { Errors = [.. entry.Errors.Select(redactor.Redact)] }))],
            _undefined.Concat(_defined).Sum(entry => entry.Errors.Count) + _converters.Count(entry => entry.Errors.Count > 0),
            unknownKeys,
            [.. all.Where(entry => entry.Definition?.NoEffect is not null && unresolved.ContainsKey(entry.Value.Name))
                .Select(entry => (entry.Value.Name, entry.Definition!.NoEffect!))],
            unresolvedPlaceholders);
    }

    private bool Check(IEnumerable<ConfigKey> definition, string prefix, string? group, List<Entry> list)
    {
        ConfigDef keys = [.. definition
            .Select(key => prefix.Length == 0 ? key : key with { Name = prefix + key.Name, DisplayName = key.DisplayName, Group = group ?? key.Group })
            .Where(key => !_entries.TryGetValue(key.Name, out var entry) || entry.Definition is null)];
        var isValid = true;
        foreach (var value in keys.Validate(resolved, unresolved))
        {
            var entry = new Entry(keys[value.Name], value, [.. value.Errors]);
            isValid &= value.Errors.Count == 0;
            if (_entries.TryGetValue(value.Name, out var undefined))
            {
                // An error was known before the definition was.
                entry.Errors.AddRange(undefined.Errors);
                _undefined.Remove(undefined);
            }
            _entries[value.Name] = entry;
            list.Add(entry);
        }
        return isValid;
    }

    private sealed record Entry(ConfigKey? Definition, ConfigValue Value, List<string> Errors);
}
