using System.Buffers.Binary;
using System.Collections;
using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub;

/// <summary>
/// Turns a record's value into a message's data, and into attributes where it is a struct or map with a schema. Gives the bytes
/// that the original gives, except where those were of no use: maps and lists as Java prints them, and what it fails on.
/// </summary>
/// <param name="config">Says which field becomes the data.</param>
/// <param name="arena">Where data goes that is not there in bytes already.</param>
/// <param name="addAttribute">Called for each field that becomes an attribute.</param>
internal sealed class BodyEncoder(PubSubSinkConfig config, ByteArena arena, BodyEncoder.AddAttribute addAttribute)
{
    private readonly ValueText _text = new();

    /// <summary>Takes a field that becomes an attribute.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The attribute's value.</param>
    internal delegate void AddAttribute(string what, string name, in ConnectValue value);

    /// <summary>The message's data; empty for none.</summary>
    /// <exception cref="DataException">The value has no form in a message.</exception>
    public ReadOnlyMemory<byte> Encode(in ConnectValue value)
    {
        switch (value.Kind)
        {
            case ConnectValueKind.Null:
                return default;
            case ConnectValueKind.Bytes or ConnectValueKind.Utf8:
                return value.Bytes;
        }

        return value.Schema switch
        {
            null => Schemaless(value),
            { Type: SchemaType.Struct } => Struct((Struct)value.Value!),
            { Type: SchemaType.Map } schema => Map(schema, value.Value!),
            _ => Typed(value),
        };
    }

    private ReadOnlyMemory<byte> Schemaless(in ConnectValue value) => value.Value switch
    {
        byte[] bytes => bytes,
        string text when !config.WritesTextAsJson => Encoding.UTF8.GetBytes(text),
        string => arena.Copy(_text.Json(value)),
        // Of a number, the text is its JSON; a number that is none has no quotes.
        not (IEnumerable or Sdk.Struct) => arena.Copy(_text.Of(value)),
        _ => arena.Copy(_text.Json(value)),
    };

    // Numbers and booleans in binary, as the original writes them. What stands for something else (a decimal, a date) and lists,
    // on both of which it fails, are written as JSON.
    private ReadOnlyMemory<byte> Typed(in ConnectValue value)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        switch (value.Value)
        {
            case sbyte int8:
                number[0] = (byte)int8;
                return arena.Copy(number[..sizeof(sbyte)]);
            case short int16:
                BinaryPrimitives.WriteInt16BigEndian(number, int16);
                return arena.Copy(number[..sizeof(short)]);
            case int int32:
                BinaryPrimitives.WriteInt32BigEndian(number, int32);
                return arena.Copy(number[..sizeof(int)]);
            case long int64:
                BinaryPrimitives.WriteInt64BigEndian(number, int64);
                return arena.Copy(number[..sizeof(long)]);
            case float float32:
                BinaryPrimitives.WriteSingleBigEndian(number, float32);
                return arena.Copy(number[..sizeof(float)]);
            case double float64:
                BinaryPrimitives.WriteDoubleBigEndian(number, float64);
                return arena.Copy(number[..sizeof(double)]);
            case bool flag:
                number[0] = flag ? (byte)1 : (byte)0;
                return arena.Copy(number[..1]);
            case string text:
                return Encoding.UTF8.GetBytes(text);
            case byte[] bytes:
                return bytes;
            default:
                return arena.Copy(_text.Json(value));
        }
    }

    private ReadOnlyMemory<byte> Struct(Struct value)
    {
        ReadOnlyMemory<byte> body = default;
        foreach (var field in value.Schema.Fields)
        {
            if (field.Schema.Type is SchemaType.Map or SchemaType.Struct)
            {
                throw new DataException(
                    $"The field '{field.Name}' is a {field.Schema.Type.ToString().ToLowerInvariant()}. The fields of a struct become "
                    + "attributes, which hold text. Without a schema (value.converter.schemas.enable=false) the whole value is "
                    + "written as JSON.");
            }

            if ((value[field] ?? field.Schema.DefaultValue) is not { } content)
            {
                if (!field.Schema.IsOptional)
                    throw new DataException($"The struct has no value for its field '{field.Name}', which is required.");
                continue;
            }

            if (field.Name == config.BodyField)
                body = Typed(ConnectValue.From(content, field.Schema));
            else
                addAttribute("field", field.Name, ConnectValue.From(content, field.Schema));
        }

        return body;
    }

    private ReadOnlyMemory<byte> Map(Schema schema, object value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> map:
                {
                    ReadOnlyMemory<byte> body = default;
                    foreach (var (name, content) in map)
                        Entry(name, content, schema, ref body);
                    return body;
                }

            case IReadOnlyDictionary<object, object?> map:
                {
                    ReadOnlyMemory<byte> body = default;
                    foreach (var (name, content) in map)
                        Entry(NameOf(name, schema), content, schema, ref body);
                    return body;
                }

            case IDictionary map:
                {
                    ReadOnlyMemory<byte> body = default;
                    foreach (DictionaryEntry entry in map)
                        Entry(NameOf(entry.Key, schema), entry.Value, schema, ref body);
                    return body;
                }

            default:
                throw new DataException($"Invalid type for MAP: {value.GetType()}");
        }
    }

    private string NameOf(object name, Schema schema)
        => name as string ?? Encoding.UTF8.GetString(_text.Of(ConnectValue.From(name, schema.KeySchema)));

    private void Entry(string name, object? content, Schema schema, ref ReadOnlyMemory<byte> body)
    {
        if (content is null)
            return;
        var value = ConnectValue.From(content, schema.ValueSchema);
        if (name != config.BodyField)
            addAttribute("entry", name, value);
        else
            body = content as byte[] is { } bytes ? bytes : arena.Copy(_text.Of(value));
    }
}
