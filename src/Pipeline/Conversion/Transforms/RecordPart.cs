namespace Exports.Pipeline.Transforms;

/// <summary>The part of a record that a transform works on.</summary>
internal enum RecordPart
{
    Key,
    Value,
}
