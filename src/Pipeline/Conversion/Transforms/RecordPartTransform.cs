using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>
/// A built-in transform that comes in two variants: nested classes <c>Key</c> and <c>Value</c>, which say what part of the
/// record it works on.
/// </summary>
public abstract class RecordPartTransform : BuiltInTransform
{
    private readonly RecordPart _part;

    private protected RecordPartTransform(RecordPart part) => _part = part;

    /// <inheritdoc/>
    public sealed override bool Apply(ref SinkRecord record)
    {
        if (_part == RecordPart.Key)
        {
            var key = Apply(record.Key, ref record);
            record = record with { Key = key };
        }
        else
        {
            var value = Apply(record.Value, ref record);
            record = record with { Value = value };
        }
        return true;
    }

    /// <summary>Gives what comes in the place of the key or value.</summary>
    /// <param name="value">The record's key or value; null included.</param>
    /// <param name="record">The record, whose other parts may be changed as well.</param>
    private protected abstract ConnectValue Apply(ConnectValue value, ref SinkRecord record);
}
