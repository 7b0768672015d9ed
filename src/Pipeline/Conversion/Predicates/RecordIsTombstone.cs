using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Predicates;

/// <summary>Holds for records without a value.</summary>
public sealed class RecordIsTombstone : BuiltInPredicate
{
    /// <inheritdoc/>
    public override ConfigDef Config { get; } = [];

    /// <inheritdoc/>
    public override bool Test(in SinkRecord record) => record.Value.IsNull;

    private protected override void Configure(ParsedConfig config)
    {
    }
}
