using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Makes schemas from others.</summary>
internal static class SchemaCopies
{
    /// <summary>
    /// A struct schema with the name, version, documentation and parameters of another, but fields of its own. It is required and has
    /// no default, as in Kafka Connect, whatever the other is.
    /// </summary>
    /// <exception cref="DataException">Two fields have one name.</exception>
    public static Schema WithFields(this Schema source, IEnumerable<(string Name, Schema Schema)> fields)
        => Make(source.Name, source.Version, source.Doc, source.Parameters, fields);

    /// <summary>A struct schema that has nothing but fields.</summary>
    /// <inheritdoc cref="WithFields" path="/exception"/>
    public static Schema StructOf(IEnumerable<(string Name, Schema Schema)> fields) => Make(null, null, null, null, fields);

    /// <summary>The same schema, optional or not, with a default or without.</summary>
    public static Schema With(this Schema source, bool optional, object? defaultValue)
        => Copy(source, optional, source.Name, source.Version, defaultValue);

    /// <summary>The same schema with another name and version.</summary>
    public static Schema With(this Schema source, string? name, int? version)
        => Copy(source, source.IsOptional, name, version, source.DefaultValue);

    private static Schema Copy(Schema source, bool optional, string? name, int? version, object? defaultValue) => new(
        source.Type,
        optional,
        name,
        version,
        source.Doc,
        defaultValue,
        source.Parameters,
        source.KeySchema,
        source.ValueSchema,
        source.Type == SchemaType.Struct ? source.Fields.Select(field => (field.Name, field.Schema)) : null);

    private static Schema Make(
        string? name,
        int? version,
        string? doc,
        IReadOnlyDictionary<string, string>? parameters,
        IEnumerable<(string Name, Schema Schema)> fields)
    {
        List<(string Name, Schema Schema)> list = [.. fields];
        if (list.GroupBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataException($"Cannot create field because of field name duplication {twice.Key}");
        return new(SchemaType.Struct, name: name, version: version, doc: doc, parameters: parameters, fields: list);
    }
}
