using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>
/// A transform that Kafka Connect brings along. Its class has the name of the original, so that both the Java class name
/// (<c>org.apache.kafka.connect.transforms.InsertField$Value</c>) and the simple one (<c>InsertField$Value</c>) find it.
/// </summary>
public abstract class BuiltInTransform : Transform
{
    private const string JavaPackage = "org.apache.kafka.connect.transforms.";
    private protected const string ReplaceNullWithDefault = "replace.null.with.default";

    private protected BuiltInTransform()
    {
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Aliases
        => [JavaPackage + (GetType().DeclaringType is { } outer ? $"{outer.Name}${GetType().Name}" : GetType().Name)];

    private protected static ConfigKey ReplaceNullWithDefaultKey { get; } = new(
        ReplaceNullWithDefault, ConfigType.Boolean,
        "Whether a field that is null counts as the default of its schema, where that has one. With false it stays null.")
    {
        Default = "true",
    };

    /// <inheritdoc/>
    public sealed override IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config)
        => Check(Config.Parse(config));

    /// <inheritdoc/>
    public sealed override void Configure(IReadOnlyDictionary<string, string> config)
    {
        var parsed = Config.Parse(config);
        foreach (var (_, message) in Check(parsed))
            throw new ConfigException(message);
        Configure(parsed);
    }

    /// <summary>Checks what concerns several keys at once; each is all right by itself.</summary>
    private protected virtual IEnumerable<(string Key, string Message)> Check(ParsedConfig config) => [];

    /// <summary>Takes its configuration, which has been checked.</summary>
    private protected abstract void Configure(ParsedConfig config);
}
