using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Reads fields of structs.</summary>
internal static class StructFields
{
    /// <summary>The field's value.</summary>
    /// <param name="value">The struct.</param>
    /// <param name="field">One of its fields.</param>
    /// <param name="replaceNull">Whether the default of the field's schema stands in for null.</param>
    public static object? Get(this Struct value, Field field, bool replaceNull)
        => value[field] ?? (replaceNull ? field.Schema.DefaultValue : null);
}
