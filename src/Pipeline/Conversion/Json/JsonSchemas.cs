using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>Reads and writes the schemas of JsonConverter's envelopes.</summary>
internal sealed class JsonSchemas(JsonData data)
{
    private static readonly (SchemaType Type, string Name)[] s_primitives =
    [
        (SchemaType.Boolean, "boolean"),
        (SchemaType.Int8, "int8"),
        (SchemaType.Int16, "int16"),
        (SchemaType.Int32, "int32"),
        (SchemaType.Int64, "int64"),
        (SchemaType.Float32, "float"),
        (SchemaType.Float64, "double"),
        (SchemaType.Bytes, "bytes"),
        (SchemaType.String, "string"),
    ];

    /// <summary>Reads a schema; null for JSON's null, which stands for none.</summary>
    /// <exception cref="DataException">It is not a schema.</exception>
    public Schema? Read(JsonElement json)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (json.ValueKind == JsonValueKind.Null)
            return null;
        if (json.ValueKind != JsonValueKind.Object || Text(json, "type") is not { } type)
            throw new DataException("Schema must contain 'type' field");
        return type switch
        {
            "array" => ReadArray(json),
            "map" => ReadMap(json),
            "struct" => ReadStruct(json),
            _ => Build(json, PrimitiveOf(type)),
        };
    }

    /// <summary>Writes a schema.</summary>
    /// <exception cref="DataException">A default does not fit it.</exception>
    public void Write(Utf8JsonWriter writer, Schema schema, string? field = null)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        writer.WriteStartObject();
        switch (schema.Type)
        {
            case SchemaType.Array:
                writer.WriteString("type", "array");
                writer.WritePropertyName("items");
                Write(writer, schema.ValueSchema!);
                break;
            case SchemaType.Map:
                writer.WriteString("type", "map");
                writer.WritePropertyName("keys");
                Write(writer, schema.KeySchema!);
                writer.WritePropertyName("values");
                Write(writer, schema.ValueSchema!);
                break;
            case SchemaType.Struct:
                writer.WriteString("type", "struct");
                writer.WriteStartArray("fields");
                foreach (var member in schema.Fields)
                    Write(writer, member.Schema, member.Name);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteString("type", s_primitives.First(entry => entry.Type == schema.Type).Name);
                break;
        }
        WriteAttributes(writer, schema);
        if (field is not null)
            writer.WriteString("field", field);
        writer.WriteEndObject();
    }

    private static SchemaType PrimitiveOf(string name)
    {
        foreach (var primitive in s_primitives)
        {
            if (primitive.Name == name)
                return primitive.Type;
        }
        throw new DataException($"Unknown schema type: {name}");
    }

    private Schema ReadArray(JsonElement json)
        => json.TryGetProperty("items", out var items) && Read(items) is { } itemSchema
            ? Build(json, SchemaType.Array, valueSchema: itemSchema)
            : throw new DataException("Array schema did not specify the element type");

    private Schema ReadMap(JsonElement json)
    {
        if (!json.TryGetProperty("keys", out var keys) || Read(keys) is not { } keySchema)
            throw new DataException("Map schema did not specify the key type");
        if (!json.TryGetProperty("values", out var values) || Read(values) is not { } valueSchema)
            throw new DataException("Map schema did not specify the value type");
        return Build(json, SchemaType.Map, keySchema, valueSchema);
    }

    private Schema ReadStruct(JsonElement json)
    {
        if (!json.TryGetProperty("fields", out var array) || array.ValueKind != JsonValueKind.Array)
            throw new DataException("Struct schema's \"fields\" argument is not an array.");
        var fields = new List<(string, Schema)>(array.GetArrayLength());
        foreach (var field in array.EnumerateArray())
        {
            if (field.ValueKind != JsonValueKind.Object || Text(field, "field") is not { } name)
                throw new DataException("Struct schema's field name not specified properly");
            fields.Add((name, Read(field)!));
        }
        return Build(json, SchemaType.Struct, fields: fields);
    }

    private Schema Build(
        JsonElement json,
        SchemaType type,
        Schema? keySchema = null,
        Schema? valueSchema = null,
        List<(string Name, Schema Schema)>? fields = null)
    {
        var optional = json.TryGetProperty("optional", out var flag) && flag.ValueKind == JsonValueKind.True;
        int? version = null;
        if (json.TryGetProperty("version", out var number) && number.ValueKind == JsonValueKind.Number)
            version = number.TryGetInt32(out var value) ? value : null;
        var name = Text(json, "name");
        var doc = Text(json, "doc");
        var parameters = ReadParameters(json);
        var schema = Make(defaultValue: null);

        // A default is read by the schema that it belongs to. One that is null says no more than none does.
        return json.TryGetProperty("default", out var given) && given.ValueKind != JsonValueKind.Null
            ? Make(data.Read(JsonMarshal.GetRawUtf8Value(given), schema))
            : schema;

        Schema Make(object? defaultValue)
        {
            try
            {
                return new(type, optional, name, version, doc, defaultValue, parameters, keySchema, valueSchema, fields);
            }
            catch (ArgumentException e)
            {
                throw new DataException(e.Message, e);
            }
        }
    }

    private static Dictionary<string, string>? ReadParameters(JsonElement json)
    {
        if (!json.TryGetProperty("parameters", out var parameters) || parameters.ValueKind != JsonValueKind.Object)
            return null;
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in parameters.EnumerateObject())
        {
            if (parameter.Value.ValueKind != JsonValueKind.String)
                throw new DataException("Schema parameters must have string values.");
            result[parameter.Name] = parameter.Value.GetString()!;
        }
        return result;
    }

    private void WriteAttributes(Utf8JsonWriter writer, Schema schema)
    {
        writer.WriteBoolean("optional", schema.IsOptional);
        if (schema.Name is not null)
            writer.WriteString("name", schema.Name);
        if (schema.Version is { } version)
            writer.WriteNumber("version", version);
        if (schema.Doc is not null)
            writer.WriteString("doc", schema.Doc);
        if (schema.Parameters is not null)
        {
            writer.WriteStartObject("parameters");
            foreach (var (key, value) in schema.Parameters)
                writer.WriteString(key, value);
            writer.WriteEndObject();
        }
        if (schema.DefaultValue is not null)
        {
            writer.WritePropertyName("default");
            data.Write(writer, schema, schema.DefaultValue);
        }
    }

    private static string? Text(JsonElement json, string property)
        => json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
