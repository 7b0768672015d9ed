using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>What <see cref="Cast"/> is to do: a type for fields by their names, or one for the whole.</summary>
internal sealed record CastSpec(SchemaType? Whole, IReadOnlyDictionary<string, SchemaType> Fields, string? Error = null)
{
    private static readonly SchemaType[] s_types =
    [
        SchemaType.Int8, SchemaType.Int16, SchemaType.Int32, SchemaType.Int64, SchemaType.Float32, SchemaType.Float64, SchemaType.Boolean,
        SchemaType.String,
    ];

    /// <summary>The names of the types that there is a cast to.</summary>
    public static string Types { get; } = string.Join(", ", s_types.Select(type => type.ToString().ToLowerInvariant()));

    /// <summary>Reads the items of the key; <see cref="Error"/> says what is wrong with them.</summary>
    public static CastSpec Parse(IReadOnlyList<string> items)
    {
        var fields = new Dictionary<string, SchemaType>(StringComparer.Ordinal);
        SchemaType? whole = null;
        foreach (var item in items)
        {
            var parts = item.Split(':');
            if (parts.Length > 2)
                return Wrong($"Invalid cast '{item}': it must be FIELD:TYPE, or TYPE for the whole");
            var name = parts[^1].Trim();
            if (!Enum.TryParse<SchemaType>(name, ignoreCase: true, out var type) || !name.All(char.IsAsciiLetterOrDigit) || char.IsAsciiDigit(name[0]))
                return Wrong($"Invalid type found in casting spec: {name}; allowed: {Types}");
            if (!s_types.Contains(type))
                return Wrong($"Cast transformation does not support casting to {name}; supported types are {Types}");
            if (parts.Length == 1)
                whole = type;
            else
                fields[parts[0].Trim()] = type;
        }

        return whole is not null && items.Count > 1
            ? Wrong("Cast transformations that specify a type to cast the entire value to may only specify a single cast in their spec")
            : new(whole, fields);

        static CastSpec Wrong(string error) => new(null, new Dictionary<string, SchemaType>(), error);
    }
}
