using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Predicates;

/// <summary>
/// A predicate that Kafka Connect brings along. Its class has the name of the original, so that both the Java class name
/// (<c>org.apache.kafka.connect.transforms.predicates.HasHeaderKey</c>) and the simple one find it.
/// </summary>
public abstract class BuiltInPredicate : Predicate
{
    private const string JavaPackage = "org.apache.kafka.connect.transforms.predicates.";

    private protected BuiltInPredicate()
    {
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Aliases => [JavaPackage + GetType().Name];

    /// <inheritdoc/>
    public sealed override void Configure(IReadOnlyDictionary<string, string> config) => Configure(Config.Parse(config));

    /// <summary>Takes its configuration, which has been checked.</summary>
    private protected abstract void Configure(ParsedConfig config);
}
