namespace Exports.Connectors.Sdk;

/// <summary>The type of a configuration value.</summary>
public enum ConfigType
{
    /// <summary><c>true</c> or <c>false</c>, in any case.</summary>
    Boolean,

    /// <summary>Text, trimmed.</summary>
    String,

    /// <summary>32-bit signed integer.</summary>
    Int,

    /// <summary>16-bit signed integer.</summary>
    Short,

    /// <summary>64-bit signed integer.</summary>
    Long,

    /// <summary>64-bit floating point number.</summary>
    Double,

    /// <summary>Texts separated by commas, each trimmed.</summary>
    List,

    /// <summary>The name of a plugin class.</summary>
    Class,

    /// <summary>Text that is never shown.</summary>
    Password,
}

/// <summary>How much a key matters to most users.</summary>
public enum ConfigImportance
{
    /// <summary>Everybody needs to look at it.</summary>
    High,

    /// <summary>Worth a look.</summary>
    Medium,

    /// <summary>The default does for nearly everybody.</summary>
    Low,
}

/// <summary>How wide an input field for the value should be.</summary>
public enum ConfigWidth
{
    /// <summary>Not said.</summary>
    None,

    /// <summary>A number or a word.</summary>
    Short,

    /// <summary>A name.</summary>
    Medium,

    /// <summary>A sentence, a list or an address.</summary>
    Long,
}

/// <summary>A key of a configuration: its type, default, check and documentation.</summary>
public sealed record ConfigKey
{
    /// <summary>Makes a key that must be given.</summary>
    public ConfigKey(string name, ConfigType type, string documentation)
    {
        Name = name;
        Type = type;
        Documentation = documentation;
    }

    /// <summary>The key.</summary>
    public string Name { get; init; }

    /// <summary>The value's type.</summary>
    public ConfigType Type { get; }

    /// <summary>What the key is for, with units and allowed values.</summary>
    public string Documentation { get; }

    /// <summary>Whether the key must be given. False as soon as <see cref="Default"/> is set, to null as well.</summary>
    public bool IsRequired { get; private init; } = true;

    /// <summary>The default as text in the form a user would write it; null for none.</summary>
    public string? Default
    {
        get;
        init
        {
            field = value;
            IsRequired = false;
        }
    }

    /// <summary>How much it matters.</summary>
    public ConfigImportance Importance { get; init; } = ConfigImportance.Medium;

    /// <summary>The group it is shown in, or null.</summary>
    public string? Group { get; init; }

    /// <summary>The name to show; by default the key.</summary>
    public string DisplayName { get => field ?? Name; init; }

    /// <summary>How wide an input field should be.</summary>
    public ConfigWidth Width { get; init; } = ConfigWidth.Medium;

    /// <summary>Keys whose recommended values or visibility depend on this one.</summary>
    public IReadOnlyList<string> Dependents { get; init; } = [];

    /// <summary>
    /// Checks the parsed value (<see cref="bool"/>, <see cref="string"/>, <see cref="int"/>, <see cref="short"/>,
    /// <see cref="long"/>, <see cref="double"/>, <see cref="IReadOnlyList{T}"/> of string; null where the value is missing
    /// though required, was given as null, or could not be parsed). Not called for an optional value that was not given.
    /// Returns null when the value is allowed, else what is allowed: <c>Value must be at least 1</c>.
    /// <see cref="ConfigChecks"/> has the usual ones.
    /// </summary>
    public Func<object?, string?>? Check { get; init; }

    /// <summary>The values to recommend, given the whole configuration; null when there are none to recommend.</summary>
    public Func<IReadOnlyDictionary<string, string>, IReadOnlyList<string>>? Recommend { get; init; }

    /// <summary>
    /// Why the key changes nothing: it is accepted for the sake of configurations that were written for another connector. Null
    /// for a key that has an effect. Shown with the documentation, in validation, and in the log when the key is given.
    /// </summary>
    public string? NoEffect { get; init; }

    /// <summary>Whether the key matters, given the whole configuration; null when it always does.</summary>
    public Func<IReadOnlyDictionary<string, string>, bool>? IsVisible { get; init; }
}
