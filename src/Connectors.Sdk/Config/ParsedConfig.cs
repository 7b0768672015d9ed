namespace Exports.Connectors.Sdk;

/// <summary>
/// A configuration whose values have been parsed and checked against a <see cref="ConfigDef"/>. Immutable. Holds passwords:
/// it has no text form.
/// </summary>
public sealed class ParsedConfig
{
    /// <summary>What is shown in place of a password.</summary>
    public const string HiddenPassword = "[hidden]";

    private readonly ConfigDef _definition;
    private readonly Dictionary<string, object?> _values;

    internal ParsedConfig(ConfigDef definition, Dictionary<string, object?> values)
    {
        _definition = definition;
        _values = values;
    }

    /// <summary>Whether there is a value, given or by default.</summary>
    /// <exception cref="ArgumentException">The key is not defined.</exception>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>The value of a key of type <see cref="ConfigType.Boolean"/>.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public bool GetBoolean(string key) => Get<bool>(key, ConfigType.Boolean);

    /// <summary>The value of a key of type <see cref="ConfigType.Int"/>.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public int GetInt(string key) => Get<int>(key, ConfigType.Int);

    /// <summary>The value of a key of type <see cref="ConfigType.Short"/>.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public short GetShort(string key) => Get<short>(key, ConfigType.Short);

    /// <summary>The value of a key of type <see cref="ConfigType.Long"/>.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public long GetLong(string key) => Get<long>(key, ConfigType.Long);

    /// <summary>The value of a key of type <see cref="ConfigType.Double"/>.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public double GetDouble(string key) => Get<double>(key, ConfigType.Double);

    /// <summary>The value of a key of type <see cref="ConfigType.String"/>, trimmed.</summary>
    /// <exception cref="ConfigException">There is no value: none was given and there is no default.</exception>
    /// <exception cref="ArgumentException">The key is not defined, or is of another type.</exception>
    public string GetString(string key) => Get<string>(key, ConfigType.String);

    /// <summary>The value of a key of type <see cref="ConfigType.String"/>, or null when there is none.</summary>
    /// <exception cref="ArgumentException">The key is not defined, or is of another type.</exception>
    public string? GetStringOrNull(string key) => (string?)Find(key, ConfigType.String);

    /// <summary>The value of a key of type <see cref="ConfigType.Class"/>, trimmed.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public string GetClass(string key) => Get<string>(key, ConfigType.Class);

    /// <summary>The items of a key of type <see cref="ConfigType.List"/>, each trimmed.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public IReadOnlyList<string> GetList(string key) => Get<IReadOnlyList<string>>(key, ConfigType.List);

    /// <summary>The value of a key of type <see cref="ConfigType.Password"/>. Never log it.</summary>
    /// <inheritdoc cref="GetString" path="/exception"/>
    public string GetPassword(string key) => Get<string>(key, ConfigType.Password);

    /// <summary>The value of a key of type <see cref="ConfigType.Password"/>, or null when there is none. Never log it.</summary>
    /// <exception cref="ArgumentException">The key is not defined, or is of another type.</exception>
    public string? GetPasswordOrNull(string key) => (string?)Find(key, ConfigType.Password);

    private T Get<T>(string key, ConfigType type)
        => Find(key, type) is T value
            ? value
            : throw new ConfigException($"Missing required configuration \"{key}\" which has no default value.") { Key = key };

    private object? Find(string key, ConfigType type)
    {
        var value = Find(key);
        var defined = _definition[key]!.Type;
        return defined == type
            ? value
            : throw new ArgumentException($"The configuration key '{key}' is of type {defined}, not {type}.", nameof(key));
    }

    private object? Find(string key)
        => _values.TryGetValue(key, out var value)
            ? value
            : throw new ArgumentException($"The configuration key '{key}' is not defined.", nameof(key));
}
