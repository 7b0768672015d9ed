namespace Exports.Pipeline.Transforms;

/// <summary>Checks for the keys of transforms, with Kafka Connect's messages.</summary>
internal static class TransformChecks
{
    /// <summary>A list with at least one item. Also speaks up where there is no list, as the original does.</summary>
    public static Func<object?, string?> NonEmptyList { get; }
        = value => value is IReadOnlyList<string> { Count: > 0 } ? null : "Empty list";
}
