using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Configuration.Tests.Transforms;

/// <summary>Makes and applies transforms, and writes data as short text to compare.</summary>
internal static class Transforming
{
    public const long Timestamp = 1_700_000_000_123;

    public static PluginCatalog Plugins { get; } = new([]);

    public static Schema IntSchema { get; } = new(SchemaType.Int32);

    public static Schema TextSchema { get; } = new(SchemaType.String);

    /// <summary>Makes a transform with keys given as <c>key=value</c>, separated by spaces.</summary>
    public static Transform Create(string type, string config)
    {
        var keys = config.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('=', 2))
            .ToDictionary(entry => entry[0], entry => entry[1]);
        var transform = Plugins.CreateTransform("org.apache.kafka.connect.transforms." + type);
        transform.Configure(keys);
        return transform;
    }

    /// <summary>Applies a transform to a record of that value, and writes the value that it then has.</summary>
    public static string Value(string type, string config, ConnectValue value) => Write(Apply(type, config, value).Value);

    /// <summary>Applies a transform to a record of that value and, by default, that key as well.</summary>
    public static SinkRecord Apply(string type, string config, ConnectValue value, ConnectValue? key = null)
    {
        var record = Record(value, key);
        Assert.True(Create(type, config).Apply(ref record));
        return record;
    }

    /// <summary>The message of the <see cref="DataException"/> that a transform throws for a record of that value.</summary>
    public static string Refusal(string type, string config, ConnectValue value)
        => Assert.Throws<DataException>(() => Apply(type, config, value)).Message;

    public static SinkRecord Record(ConnectValue value, ConnectValue? key = null) => new()
    {
        Topic = "views",
        Partition = 3,
        Offset = 42,
        Timestamp = Timestamp,
        TimestampType = TimestampType.CreateTime,
        Key = key ?? value,
        Value = value,
    };

    /// <summary>Data without a schema, as the JsonConverter gives it; <c>null</c> for none.</summary>
    public static ConnectValue Json(string json)
    {
        var converter = new JsonConverter();
        converter.Configure(new Dictionary<string, string> { ["schemas.enable"] = "false" }, ConverterRole.Value);
        return converter.ToConnectData("views", Encoding.UTF8.GetBytes(json));
    }

    /// <summary>A struct that is called by that name, or has none.</summary>
    public static ConnectValue Struct(string? name, params (string Name, Schema Schema, object? Value)[] fields)
    {
        var schema = new Schema(SchemaType.Struct, name: name, fields: fields.Select(field => (field.Name, field.Schema)));
        return ConnectValue.From(Fill(schema, [.. fields.Select(field => field.Value)]), schema);
    }

    public static Struct Fill(Schema schema, params object?[] values)
    {
        var result = new Struct(schema);
        foreach (var field in schema.Fields)
            result[field] = values[field.Index];
        return result;
    }

    /// <summary>
    /// A schema's name, version and type (with ? when optional), then the data as JSON; <c>schemaless</c> where there is none.
    /// </summary>
    public static string Write(ConnectValue value)
        => value.Schema is { } schema ? $"{Write(schema)} {WriteData(value)}" : $"schemaless {WriteData(value)}";

    public static string Write(Schema schema)
    {
        var name = schema.Name is null ? "" : schema.Name[(schema.Name.LastIndexOf('.') + 1)..] + ":";
        var version = schema.Version is { } number ? $"v{number}:" : "";
        var type = schema.Type switch
        {
            SchemaType.Struct => $"{{{string.Join(", ", schema.Fields.Select(field => $"{field.Name} {Write(field.Schema)}"))}}}",
            SchemaType.Array => $"[{Write(schema.ValueSchema!)}]",
            _ => schema.Type.ToString().ToLowerInvariant(),
        };
        return $"{name}{version}{type}{(schema.IsOptional ? "?" : "")}{(schema.DefaultValue is { } d ? $"={d}" : "")}";
    }

    // Not replacing null by defaults, and without schemas, so that null in a required field shows.
    private static string WriteData(ConnectValue value) => value.Kind switch
    {
        ConnectValueKind.Null => "null",
        ConnectValueKind.Bytes or ConnectValueKind.Utf8 => Encoding.UTF8.GetString(value.Bytes.Span),
        _ => WriteData(value.Value),
    };

    private static string WriteData(object? value) => value switch
    {
        Struct fields => $"{{{string.Join(',', fields.Schema.Fields.Select(f => $"\"{f.Name}\":{WriteData(fields[f])}"))}}}",
        IReadOnlyDictionary<string, object?> map => $"{{{string.Join(',', map.Select(e => $"\"{e.Key}\":{WriteData(e.Value)}"))}}}",
        IReadOnlyList<object?> list => $"[{string.Join(',', list.Select(WriteData))}]",
        string text => $"\"{text}\"",
        DateTimeOffset time => time.UtcDateTime.ToString("O"),
        null => "null",
        bool flag => flag ? "true" : "false",
        byte[] bytes => Convert.ToHexString(bytes),
        BigDecimal number => number.ToString(),
        _ => ((IFormattable)value).ToString(null, null),
    };
}
