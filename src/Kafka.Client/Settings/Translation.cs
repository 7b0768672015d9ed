namespace Exports.Kafka.Client;

/// <summary>
/// One translation under way: receives the settings as they were given, lets each part take the keys that it knows, and
/// collects what librdkafka is to be given.
/// </summary>
internal sealed class Translation
{
    private readonly IReadOnlyDictionary<string, string> _all;
    private readonly Dictionary<string, string> _given;
    private readonly SortedDictionary<string, (string Value, string From)> _settings = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _ignored = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);

    public Translation(IReadOnlyDictionary<string, string> given, ClientRole role)
    {
        _all = given;
        _given = new(given, StringComparer.Ordinal);
        Role = role;
    }

    public ClientRole Role { get; }

    /// <summary>The keys that nobody has taken yet.</summary>
    public string[] Remaining => [.. _given.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Takes a key. Returns its value as it was given, or null.</summary>
    public string? TakeRaw(string key) => _given.Remove(key, out var value) ? value : null;

    /// <summary>Takes a key. Returns its value, trimmed, or null when there is none or it is empty.</summary>
    public string? Take(string key) => TakeRaw(key)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>Takes a secret, which is never trimmed. Null when there is none or it is empty.</summary>
    public string? TakeSecret(string key) => TakeRaw(key) is { Length: > 0 } value ? value : null;

    /// <summary>Looks at a key, taken or not: its value, trimmed, or null when there is none or it is empty.</summary>
    public string? Peek(string key) => _all.GetValueOrDefault(key)?.Trim() is { Length: > 0 } value ? value : null;

    public bool IsSet(string name) => _settings.ContainsKey(name);

    public string? Get(string name) => _settings.TryGetValue(name, out var setting) ? setting.Value : null;

    /// <summary>Gives librdkafka a setting.</summary>
    /// <param name="name">librdkafka's name; the main one where there are several.</param>
    /// <param name="value">The value.</param>
    /// <param name="from">The key that it comes from.</param>
    public void Put(string name, string value, string from)
    {
        if (_settings.TryGetValue(name, out var other) && other.Value != value)
        {
            throw new KafkaSettingException(
                from, value, $"it is the same setting as {other.From}, which has another value; give one of the two");
        }

        _settings[name] = (value, from);
    }

    /// <summary>Gives librdkafka a setting that nobody gave: a default of the Java clients.</summary>
    public void PutDefault(string name, string value)
    {
        if (!_settings.ContainsKey(name))
            _settings[name] = (value, name);
    }

    public void Ignore(string key, string reason) => _ignored[key] = reason;

    public void Unknown(string key) => _unknown.Add(key);

    /// <summary>The settings with the key that each comes from.</summary>
    public IEnumerable<(string Name, string Value, string From)> Settings
        => _settings.Select(s => (s.Key, s.Value.Value, s.Value.From));

    public TranslatedSettings Result() => new(
        _settings.ToDictionary(s => s.Key, s => s.Value.Value, StringComparer.Ordinal),
        [.. _ignored.Select(i => new IgnoredSetting(i.Key, i.Value))],
        [.. _unknown]);
}
