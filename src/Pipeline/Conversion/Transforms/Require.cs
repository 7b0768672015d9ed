using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Demands data of a kind, with Kafka Connect's messages.</summary>
internal static class Require
{
    /// <summary>A map with text keys, which is what structured data without a schema is.</summary>
    /// <param name="value">The data.</param>
    /// <param name="purpose">What it is needed for.</param>
    /// <exception cref="DataException">It is something else, or null.</exception>
    public static IReadOnlyDictionary<string, object?> Map(object? value, string purpose)
        => value as IReadOnlyDictionary<string, object?>
            ?? throw new DataException(
                $"Only Map objects supported in absence of schema for [{purpose}], found: {TypeName(value)}");

    /// <summary>A struct, which is what structured data with a schema is.</summary>
    /// <inheritdoc cref="Map"/>
    public static Struct Struct(object? value, string purpose)
        => value as Struct ?? throw new DataException($"Only Struct objects supported for [{purpose}], found: {TypeName(value)}");

    /// <summary>What messages call the type of some data.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "null",
        Connectors.Sdk.Struct => "Struct",
        IReadOnlyDictionary<string, object?> => "Map",
        IReadOnlyList<object?> => "List",
        _ => value.GetType().Name,
    };
}
