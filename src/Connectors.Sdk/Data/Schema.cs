namespace Exports.Connectors.Sdk;

/// <summary>The types of Kafka Connect's data model.</summary>
public enum SchemaType
{
    /// <summary>8-bit signed integer.</summary>
    Int8,

    /// <summary>16-bit signed integer.</summary>
    Int16,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>32-bit IEEE 754 floating point number.</summary>
    Float32,

    /// <summary>64-bit IEEE 754 floating point number.</summary>
    Float64,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Text.</summary>
    String,

    /// <summary>Raw bytes.</summary>
    Bytes,

    /// <summary>A sequence of values of one schema.</summary>
    Array,

    /// <summary>Pairs of keys and values, each side of one schema.</summary>
    Map,

    /// <summary>Named fields, each with its own schema.</summary>
    Struct,
}

/// <summary>A field of a schema of type <see cref="SchemaType.Struct"/>.</summary>
/// <param name="Name">The field's name, unique within its struct.</param>
/// <param name="Index">The field's position, from 0.</param>
/// <param name="Schema">The schema of the field's value.</param>
public sealed record Field(string Name, int Index, Schema Schema);

/// <summary>Describes the type of data, in Kafka Connect's data model. Immutable.</summary>
public sealed class Schema
{
    private readonly Dictionary<string, Field>? _fieldsByName;

    /// <summary>Makes a schema.</summary>
    /// <param name="type">The type.</param>
    /// <param name="optional">Whether null is a value of it.</param>
    /// <param name="name">
    /// The name of a logical type (such as <c>org.apache.kafka.connect.data.Timestamp</c>) or of a struct.
    /// </param>
    /// <param name="version">The version, when it is versioned.</param>
    /// <param name="doc">Documentation.</param>
    /// <param name="defaultValue">The default, or null for none.</param>
    /// <param name="parameters">Parameters of a logical type, such as <c>scale</c> of a decimal.</param>
    /// <param name="keySchema">The schema of the keys; maps only.</param>
    /// <param name="valueSchema">The schema of the elements or of the map's values; arrays and maps only.</param>
    /// <param name="fields">Name and schema of each field, in order; structs only.</param>
    /// <exception cref="ArgumentException">
    /// Element, key or field schemas do not fit the type, or a field name occurs twice.
    /// </exception>
    public Schema(
        SchemaType type,
        bool optional = false,
        string? name = null,
        int? version = null,
        string? doc = null,
        object? defaultValue = null,
        IReadOnlyDictionary<string, string>? parameters = null,
        Schema? keySchema = null,
        Schema? valueSchema = null,
        IEnumerable<(string Name, Schema Schema)>? fields = null)
    {
        if (type == SchemaType.Map != keySchema is not null)
            throw new ArgumentException($"A key schema belongs to a map and to nothing else; the type is {type}.",
                nameof(keySchema));
        if (type is SchemaType.Map or SchemaType.Array != valueSchema is not null)
            throw new ArgumentException($"A value schema belongs to arrays and maps; the type is {type}.", nameof(valueSchema));
        if (type == SchemaType.Struct != fields is not null)
            throw new ArgumentException($"Fields belong to a struct and to nothing else; the type is {type}.", nameof(fields));

        Type = type;
        IsOptional = optional;
        Name = name;
        Version = version;
        Doc = doc;
        DefaultValue = defaultValue;
        Parameters = parameters;
        KeySchema = keySchema;
        ValueSchema = valueSchema;
        if (fields is null)
            return;
        Fields = [.. fields.Select((field, index) => new Field(field.Name, index, field.Schema))];
        _fieldsByName = new(Fields.Count, StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            if (!_fieldsByName.TryAdd(field.Name, field))
                throw new ArgumentException($"The field '{field.Name}' occurs twice.", nameof(fields));
        }
    }

    /// <summary>The schema of optional raw bytes.</summary>
    public static Schema OptionalBytes { get; } = new(SchemaType.Bytes, optional: true);

    /// <summary>The schema of optional text.</summary>
    public static Schema OptionalString { get; } = new(SchemaType.String, optional: true);

    /// <summary>The type.</summary>
    public SchemaType Type { get; }

    /// <summary>Whether null is a value of this schema.</summary>
    public bool IsOptional { get; }

    /// <summary>The name of a logical type or struct, or null.</summary>
    public string? Name { get; }

    /// <summary>The version, or null.</summary>
    public int? Version { get; }

    /// <summary>Documentation, or null.</summary>
    public string? Doc { get; }

    /// <summary>The default value, or null for none.</summary>
    public object? DefaultValue { get; }

    /// <summary>Parameters of a logical type, or null.</summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; }

    /// <summary>The schema of a map's keys, or null.</summary>
    public Schema? KeySchema { get; }

    /// <summary>The schema of an array's elements or of a map's values, or null.</summary>
    public Schema? ValueSchema { get; }

    /// <summary>A struct's fields in order; empty for other types.</summary>
    public IReadOnlyList<Field> Fields { get; } = [];

    /// <summary>The struct's field of that name, or null.</summary>
    public Field? Field(string name) => _fieldsByName?.GetValueOrDefault(name);
}

/// <summary>A value of a schema of type <see cref="SchemaType.Struct"/>.</summary>
public sealed class Struct
{
    private readonly object?[] _values;

    /// <summary>Makes a struct whose fields are all null.</summary>
    /// <exception cref="ArgumentException">The schema is not of type <see cref="SchemaType.Struct"/>.</exception>
    public Struct(Schema schema)
    {
        if (schema.Type != SchemaType.Struct)
            throw new ArgumentException($"A struct needs a schema of type Struct; this one is {schema.Type}.", nameof(schema));
        Schema = schema;
        _values = new object?[schema.Fields.Count];
    }

    /// <summary>The schema.</summary>
    public Schema Schema { get; }

    /// <summary>The value of a field; null where nothing was set (the field's default is not applied).</summary>
    /// <exception cref="DataException">The schema has no such field.</exception>
    public object? this[string field]
    {
        get => _values[Find(field).Index];
        set => _values[Find(field).Index] = value;
    }

    /// <summary>The value of a field.</summary>
    public object? this[Field field]
    {
        get => _values[field.Index];
        set => _values[field.Index] = value;
    }

    private Field Find(string field)
        => Schema.Field(field) ?? throw new DataException(
            $"The struct has no field '{field}'; it has: {string.Join(", ", Schema.Fields.Select(known => known.Name))}.");
}
