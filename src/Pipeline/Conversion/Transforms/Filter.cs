using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Drops records: all that come to it, so that it goes with a predicate.</summary>
public sealed class Filter : BuiltInTransform
{
    /// <inheritdoc/>
    public override ConfigDef Config { get; } = [];

    /// <inheritdoc/>
    public override bool Apply(ref SinkRecord record) => false;

    private protected override void Configure(ParsedConfig config)
    {
    }
}
