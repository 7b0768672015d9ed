namespace Exports.Pipeline.Transforms;

/// <summary>How the text of a <see cref="FieldPath"/> is read.</summary>
internal enum FieldSyntaxVersion
{
    /// <summary>The whole text is the name of one field.</summary>
    V1,

    /// <summary>Dots lead into nested data; names that hold dots stand between back-ticks (KIP-821).</summary>
    V2,
}
