using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>
/// A built-in transform that changes the fields of keys or values: those of a <see cref="Struct"/> where there is a schema, the
/// entries of a map where there is none. Null passes as it is, unless the transform says otherwise.
/// </summary>
public abstract class FieldsTransform : RecordPartTransform
{
    private readonly string _purpose;
    private readonly bool _passesNull;

    /// <param name="part">What it works on.</param>
    /// <param name="purpose">What it does, for the message about data that has no fields: <c>field insertion</c>.</param>
    /// <param name="passesNull">Whether null passes; else it is refused as data that has no fields.</param>
    private protected FieldsTransform(RecordPart part, string purpose, bool passesNull = true)
        : base(part)
    {
        _purpose = purpose;
        _passesNull = passesNull;
    }

    private protected override ConnectValue Apply(ConnectValue value, ref SinkRecord record)
    {
        if (value.IsNull && _passesNull)
            return value;
        if (value.Schema is null)
            return ConnectValue.From(Apply(Require.Map(value.Value, _purpose), ref record));
        var changed = Apply(Require.Struct(value.Value, _purpose), ref record);
        return ConnectValue.From(changed, changed.Schema);
    }

    /// <summary>Gives the fields that come in the place of these. The map given must stay as it is: others may hold it.</summary>
    private protected abstract IReadOnlyDictionary<string, object?> Apply(
        IReadOnlyDictionary<string, object?> value, ref SinkRecord record);

    /// <summary>Gives the struct that comes in the place of this one, which must stay as it is.</summary>
    private protected abstract Struct Apply(Struct value, ref SinkRecord record);
}
